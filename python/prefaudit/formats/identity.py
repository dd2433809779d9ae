"""By what the votes on one pair are known to belong together, where the source has no name for the pair."""

from __future__ import annotations

from hashlib import blake2b


def pair_identity(prompt: str, one: str, other: str) -> str:
    """The same for the same prompt and the same two responses, in whichever order: 32 hexadecimal digits."""
    digest = blake2b(digest_size=16)
    for text in (prompt, *sorted((one, other))):
        encoded = text.encode()
        digest.update(len(encoded).to_bytes(8, "little") + encoded)
    return digest.hexdigest()
