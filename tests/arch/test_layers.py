"""Dependencies point one way, and files stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "python" / "prefaudit"
FILES = sorted(PACKAGE.rglob("*.py"))

#: From the bottom up: a part may import from its own layer and from those before it. docs/DESIGN.md draws it.
LAYERS = [
    {"errors"},
    {"_core"},
    {"lengths", "marks"},
    {"texts"},
    {"kernels"},
    {"words", "prose"},
    {"pairs", "prompts", "report.model", "stats"},
    {"accounting", "sources", "export", "preview", "tokens"},
    {"formats"},
    {"config", "data", "loaded", "kept"},
    {"load", "project"},
    {"target_prompts"},
    {"checks"},
    {"report"},
    {"audit", "lookup", "tutorial"},
    {"filters"},
    {"filtering", "copying", "splitting", "torch"},
    {"cli"},
    {"__main__"},
]

#: Where third-party packages that cost much to load may be imported at the top of a file.
AT_THE_TOP = {
    "typer": "cli",
    "rich": "cli report.drawing report.filtered report.pair report.plain report.text",
    "torch": "torch",
}
NEVER_AT_THE_TOP = {
    "scipy",
    "datasets",
    "openpyxl",
    "pandas",
    "polars",
    "zstandard",
    "transformers",
    "sklearn",
}


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def layer(module: str) -> int:
    """The layer of `report.model` is its own, that of `report.text` the one of `report`."""
    for name in (module, module.split(".", maxsplit=1)[0]):
        for height, names in enumerate(LAYERS):
            if name in names:
                return height
    pytest.fail(f"prefaudit.{module} has no layer: say in tests/arch and docs/DESIGN.md where it belongs")


def imports(path: Path) -> list[tuple[str, bool]]:
    """What a file imports for running, and whether at its top; imports for type checkers are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    top = {id(node) for node in tree.body}
    found = []
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found += [(f"{node.module}.{alias.name}", id(node) in top) for alias in node.names]
    return found


def own(imported: str) -> str | None:
    """The module of the package that an import names, without the name it takes from it."""
    if not imported.startswith("prefaudit."):
        return None
    parts = imported.split(".")[1:]
    while parts:
        path = PACKAGE.joinpath(*parts)
        if path.with_suffix(".py").is_file() or path.is_dir() or parts == ["_core"]:
            return ".".join(parts)
        parts.pop()
    return None


def test_there_is_something_to_look_at() -> None:
    assert len(FILES) > 40
    assert len({module_name(path).split(".")[0] for path in FILES}) > 10
    assert sum(own(name) is not None for path in FILES for name, _ in imports(path)) > 100


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_point_down(path: Path) -> None:
    module = module_name(path)
    if not module:  # the package itself hands out names from everywhere, lazily
        return
    # A Report hands itself to the renderers when it is asked to; it needs none of them to be one.
    counted = [name for name, at_the_top in imports(path) if at_the_top or module != "report.model"]
    above = [name for name in counted if (target := own(name)) and layer(target) > layer(module)]
    assert not above, f"prefaudit.{module} imports from above it: {above}"


def test_four_modules_alone_import_the_extension() -> None:
    importers = {module_name(path) for path in FILES if any(own(name) == "_core" for name, _ in imports(path))}
    direct = {module_name(path) for path in FILES if ("prefaudit._core", True) in imports(path)}
    assert importers | direct == {"texts", "kernels", "words", "prose"}


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_heavy_packages_are_imported_where_they_are_used(path: Path) -> None:
    module = module_name(path)
    for name, at_the_top in imports(path):
        package = name.split(".")[0]
        assert not (at_the_top and package in NEVER_AT_THE_TOP), f"{module} imports {package} at its top"
        if at_the_top and package in AT_THE_TOP:
            assert any(module.startswith(home) for home in AT_THE_TOP[package].split()), f"{module} imports {package}"


SOURCES = [
    path
    for folder, pattern in (("python", "*.py"), ("tests", "*.py"), ("benches", "*.py"), ("rust", "*.rs"))
    for path in sorted((ROOT / folder).rglob(pattern))
    if "target" not in path.parts
]


def test_no_file_is_long() -> None:
    assert len(SOURCES) > 80
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert not {name: lines for name, lines in lengths.items() if lines > 500}


def test_the_core_knows_neither_python_nor_arrow() -> None:
    manifest = (ROOT / "rust" / "core" / "Cargo.toml").read_text(encoding="utf-8")
    assert "[dependencies]" in manifest
    assert "pyo3" not in manifest
    assert "arrow" not in manifest
    assert "#![forbid(unsafe_code)]" in (ROOT / "rust" / "core" / "src" / "lib.rs").read_text(encoding="utf-8")
