"""Changes one value of an app.toml and leaves the rest of the file as it is: comments, order, spelling."""

from __future__ import annotations

from pathlib import Path

from appspec.errors import KitError
from appspec.load import load_spec
from appspec.whole_file import whole_file


def set_value(file: Path, section: str, key: str, value: str) -> str | None:
    """Writes `[section] key = "value"`; the file is changed wholly or not at all.

    Returns: the value before; None where there was none.

    Raises:
        KitError: the file can't be read or written, or would be a wrong app.toml afterwards.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    by_hand = f'write it yourself: [{section}] {key} = "{value}"'
    try:
        text = file.read_bytes().decode("utf-8")
        document = tomlkit.parse(text)
        table = document.get(section)
        if table is None:
            end = "\r\n" if "\r\n" in text else "\n"
            gap = "" if text.endswith(end) or not text else end
            changed, before = f'{text}{gap}{end}[{section}]{end}{key} = "{value}"{end}', None
        else:
            before = table.get(key)
            table[key] = value
            changed = tomlkit.dumps(document)
        with whole_file(file, by_hand) as part:
            part.write_bytes(changed.encode("utf-8"))
            load_spec(part)
    except (OSError, ValueError, TOMLKitError) as error:
        raise KitError(f"{file} can't be changed", str(error), by_hand) from error
    return str(before) if before is not None else None
