"""abi/generator: what is made from abi/vsm.list.

    python3 abi/generator headers FOLDER      the C headers and lists, into FOLDER/abi
    python3 abi/generator documents           the tables of docs/abi.md, in place
"""

import sys
from pathlib import Path

import documents
import headers
from vsm_list import LIST, ListError, read

DOCUMENT = LIST.parent.parent / "docs/abi.md"


def main(arguments):
    try:
        made = read()
    except ListError as error:
        print(f"generator: error: {error}", file=sys.stderr)
        return 1
    match arguments:
        case ["headers", folder]:
            headers.write(made, Path(folder) / "abi")
        case ["documents"]:
            DOCUMENT.write_text(documents.fill(DOCUMENT.read_text(), made))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
