"""Says what a PDF holds besides pages. Run by ``sniffing`` as a process of its own.

A hostile PDF unpacks to gigabytes or keeps its reader busy for hours; here that ends this process
alone. Takes the file on standard input, prints what it found, a word a line.
"""

import io
import resource
import sys
from collections.abc import Iterator

MEMORY = 768 * 1024 * 1024
SECONDS = 5
HOLDS = {"/JS": "scripts", "/EF": "files", "/EmbeddedFiles": "files"}
DOES = {"/JavaScript": "scripts", "/Launch": "scripts"}


def found_in(node) -> Iterator[str]:
    """What stands in an object itself; those that it refers to are looked at in their turn."""
    import pikepdf  # noqa: PLC0415 - after the limits are set

    if isinstance(node, pikepdf.Array):
        inside = list(node)
    elif isinstance(node, pikepdf.Dictionary | pikepdf.Stream):
        yield from (HOLDS[key] for key in HOLDS if key in node)
        if (action := str(node.get("/S", ""))) in DOES:
            yield DOES[action]
        inside = [child for _, child in node.items()]
    else:
        return
    for child in inside:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from found_in(child)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    import pikepdf  # noqa: PLC0415

    try:
        with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as pdf:
            found = {word for node in pdf.objects for word in found_in(node)}
    except pikepdf.PasswordError:
        found = {"password"}
    sys.stdout.write("\n".join(sorted(found)))


if __name__ == "__main__":
    main()
