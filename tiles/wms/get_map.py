"""GetMap, and exceptions drawn as pictures."""

import io
from functools import partial

from PIL import Image, ImageDraw, ImageFont

from gis_core.errors import NotSignedIn, ServiceError, problem_of
from gis_core.hot import Answer, Request
from tiles.drawing.answering import at_scale, in_thread, picture_answer
from tiles.drawing.fonts import font_folder
from tiles.drawing.painting import Format
from tiles.drawing.pictures import picture
from tiles.drawing.validators import picture_headers
from tiles.wms.failure import NO_STORE
from tiles.wms.reading import Kvp, read_background, read_format, read_shown, read_view

_PILLOW = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}


async def map_answer(request: Request, kvp: Kvp, version: str) -> Answer:
    """The picture. Raises NotFound alike for unknown and forbidden layers, WmsError for the rest."""
    shown = read_shown(kvp, request.identify())
    view = read_view(kvp, version)
    made = read_format(kvp("FORMAT"))
    background = read_background(kvp)
    shown = await at_scale(request, shown, view)
    headers = picture_headers(request, shown, view, f"{made.type}{background}")
    return await picture_answer(request, headers, made.type, view.width * view.height, partial(picture, shown, view, made, background))


async def in_image(error: Exception, kvp: Kvp) -> Answer | None:
    """The failure as a picture of the asked size, where EXCEPTIONS asks for one; None where it does not."""
    wanted = kvp("EXCEPTIONS").lower().replace("application/vnd.ogc.se_", "")
    if wanted not in ("inimage", "blank") or isinstance(error, NotSignedIn):
        return None
    try:
        made = read_format(kvp("FORMAT"))
        width, height = kvp.whole("WIDTH", 1, 2_000, 512), kvp.whole("HEIGHT", 1, 2_000, 256)
        background = read_background(kvp)
    except ServiceError:
        return None
    text = problem_of(error).detail if wanted == "inimage" else ""
    body = await in_thread(partial(_written, text, (width, height), made, background))
    kind = made.type if made.type.split(";")[0] in _PILLOW else "image/png"
    return Answer(200, body, {**NO_STORE, "Content-Type": kind})


def _written(text: str, size: tuple[int, int], made: Format, background: str | None) -> bytes:
    image = Image.new("RGBA", size, (0, 0, 0, 0) if background is None and made.transparent else background or "#ffffff")
    if text:
        pen = ImageDraw.Draw(image)
        font = ImageFont.truetype(font_folder() / "500.ttf", 13)
        pen.multiline_text((8, 8), _wrapped(text, font, size[0] - 16), fill="#9b1c1c", font=font, spacing=4)
    name = _PILLOW.get(made.type.split(";")[0], "PNG")
    out = io.BytesIO()
    (image.convert("RGB") if name == "JPEG" else image).save(out, name)
    return out.getvalue()


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)
