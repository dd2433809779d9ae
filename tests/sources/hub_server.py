"""A server on this machine that speaks as much of the Hugging Face hub's protocol as reading a data set needs.

The addresses, headers and error codes are those that `huggingface_hub` documents and asks for:
`/api/datasets/REPO[/revision/REV]`, `/api/datasets/REPO/tree/REV[/FOLDER]`, `/api/datasets/REPO/paths-info/REV` and
`/datasets/REPO/resolve/REV/FILE` with ranges.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

SHA = "0123456789abcdef0123456789abcdef01234567"
_API = re.compile(
    r"/api/datasets/(?P<repo>[^/]+/[^/]+)(?:/(?P<what>revision|tree|paths-info)/(?P<rev>[^/]+)(?P<in>/.*)?)?"
)
_FILE = re.compile(r"/datasets/(?P<repo>[^/]+/[^/]+)/resolve/(?P<rev>[^/]+)/(?P<path>.+)")
_UNKNOWN = {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}


@dataclass
class Hub:
    """What the server holds, and what it was asked for.

    Args:
        repos: for each repository its files by path.
        gated: repositories whose files are refused, and with which status.
        revisions: the names of revisions that exist.
        hangs: requests that get no answer, as a pattern of their paths.
        stalls: files that are never sent to their end, as well.
        sent: bytes of files that were sent, by path.
        asked: the requests.
    """

    repos: dict[str, dict[str, bytes]]
    gated: dict[str, int] = field(default_factory=dict)
    revisions: tuple[str, ...] = ("main", SHA)
    hangs: str | None = None
    stalls: str | None = None
    sent: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    endpoint: str = ""
    stopped: Event = field(default_factory=Event)


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """`hub` at `hub.endpoint`, on the loopback interface."""

    class Handler(_Handler):
        of = hub

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        hub.endpoint = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            hub.stopped.set()
            server.shutdown()
            thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    of: Hub
    protocol_version = "HTTP/1.1"
    timeout = 20

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self._body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        path = unquote(url.path)
        self.of.asked.append(f"{self.command} {path}")
        if self.of.hangs and re.search(self.of.hangs, path):
            self.of.stopped.wait()
            return
        if found := _FILE.fullmatch(path):
            self._file(found["repo"], unquote(found["rev"]), found["path"])
        elif found := _API.fullmatch(path):
            self._api(found)
        else:
            self._send(404, b"{}")

    def _known(self, repo: str, revision: str | None) -> bool:
        if repo not in self.of.repos:
            self._send(401, b"{}", _UNKNOWN)  # as the hub answers whoever has no token
            return False
        if revision is not None and revision not in self.of.revisions:
            self._send(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
            return False
        return True

    def _api(self, found: re.Match[str]) -> None:
        repo, what = found["repo"], found["what"]
        if not self._known(repo, unquote(found["rev"]) if found["rev"] else None):
            return
        files = self.of.repos[repo]
        if what == "tree":
            self._json(_tree(files, (found["in"] or "/").strip("/")))
        elif what == "paths-info":
            paths = parse_qs(self._body.decode()).get("paths") or json.loads(self._body or b"{}").get("paths", [])
            self._json([entry for entry in _tree(files, None) if entry["path"] in paths])
        else:
            siblings = [{"rfilename": path} for path in files]
            self._json({"id": repo, "sha": SHA, "private": False, "gated": False, "tags": [], "siblings": siblings})

    def _file(self, repo: str, revision: str, path: str) -> None:
        if not self._known(repo, revision):
            return
        if repo in self.of.gated:
            self._send(self.of.gated[repo], b"{}", {"X-Error-Code": "GatedRepo", "X-Error-Message": "gated"})
            return
        content = self.of.repos[repo].get(path)
        if content is None:
            self._send(404, b"{}", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": SHA})
            return
        headers = {"ETag": f'"{_digest(content)}"', "X-Repo-Commit": SHA, "Accept-Ranges": "bytes"}
        status, part = 200, content
        if asked := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or ""):
            start, end = int(asked[1]), int(asked[2] or len(content) - 1)
            status, part = 206, content[start : end + 1]
            headers["Content-Range"] = f"bytes {start}-{start + len(part) - 1}/{len(content)}"
        if self.command == "GET":
            self.of.sent[path] = self.of.sent.get(path, 0) + len(part)
        self._send(status, part, headers)

    def _json(self, value: Any) -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.of.stalls and re.search(self.of.stalls, self.path):
            self.wfile.write(body[: len(body) // 2])
            self.of.stopped.wait()
        else:
            self.wfile.write(body)


def _tree(files: dict[str, bytes], folder: str | None) -> list[dict[str, Any]]:
    """Files and folders: of one folder and those in it; of all with None. All levels, as `recursive` asks for."""
    inside = {path: content for path, content in files.items() if not folder or path.startswith(f"{folder}/")}
    folders = {path.rsplit("/", depth)[0] for path in inside for depth in range(1, path.count("/") + 1)}
    return [
        {"type": "directory", "oid": _digest(path.encode()), "size": 0, "path": path} for path in sorted(folders)
    ] + [
        {"type": "file", "oid": _digest(content), "size": len(content), "path": path}
        for path, content in inside.items()
    ]


def _digest(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()
