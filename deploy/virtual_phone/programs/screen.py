"""`screencap -p [FILE]`: what is in front, in words, as a PNG of the screen's size."""

from __future__ import annotations

import io

from deploy.virtual_phone.session import Answer, Program, Session, failure


def screencap(session: Session, arguments: list[str]) -> Answer:
    """A PNG on standard output, or in a file; this phone draws what it is and which app is in front."""
    files = [word for word in arguments if not word.startswith("-")]
    if "-p" not in arguments and not any(name.endswith(".png") for name in files):
        return failure("screencap: the virtual phone writes PNG only, with -p")
    picture = _png(session)
    if not files:
        return Answer(picture)
    path = session.path(files[0])
    if not session.writable(path):
        return failure(f"Error opening file: {path} (Permission denied)")
    session.phone.write_file(path, picture)
    return Answer()


def _png(session: Session) -> bytes:
    from PIL import Image, ImageDraw

    phone = session.phone
    size = (phone.screen.width, phone.screen.height)
    picture = Image.new("RGB", size, "#10202c" if phone.awake else "black")
    if phone.awake:
        text = f"virtual phone\n{phone.model}\nAndroid {phone.release}\n\n{phone.front or 'home screen'}"
        ImageDraw.Draw(picture).multiline_text(
            (size[0] / 2, size[1] / 2), text, "white", anchor="mm", align="center", font_size=48
        )
    packed = io.BytesIO()
    picture.save(packed, "PNG", compress_level=1)
    return packed.getvalue()


PROGRAMS: dict[str, Program] = {"screencap": screencap}
