"""Photos of a shop: smaller, without the camera's notes, seen by others when the centre has published them."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.opened import open_files

HEIC = (
    Path(__file__).parents[3] / "files" / "photo.heic"
)  # of a telephone: 640 × 320, red in one corner, with GPS
ORIENTATION, GPS = 0x0112, 0x8825


def picture(kind: str = "JPEG", colour: str = "navy", size: tuple[int, int] = (2400, 1200)) -> bytes:
    """A photo as a telephone held upright takes it: lying on its side, with the place where it was taken."""
    notes = Image.Exif()
    notes[ORIENTATION] = 6
    notes.get_ifd(GPS)[2] = (58.0, 0.0, 36.0)
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, format=kind, exif=notes)
    return made.getvalue()


def add(browser: Browser, content: bytes, name: str = "shop.jpg", caption: str = ""):  # type: ignore[no-untyped-def]
    page = "/shop/photos"
    form = {"file": (io.BytesIO(content), name), "caption": caption}
    return browser.post(page, form, page=page)  # type: ignore[arg-type]


def shown(browser: Browser, page: str) -> list[str]:
    return re.findall(r'<img src="(/photos/[0-9a-f]+)"', text(browser.get(page)))


def test_a_photo_is_seen_by_others_once_the_centre_has_published_it(
    shop: Browser, centre: Browser, stranger: Browser, own_product: Application
) -> None:
    profile = re.search(r'href="(/suppliers/[0-9a-f]+)"', text(shop.get("/shop/")))[1]  # type: ignore[index]
    assert add(shop, picture(), caption="Five-axis <mill>").status_code == 302
    assert shown(shop, "/shop/photos") == []
    assert "1 file is being opened" in text(shop.get("/shop/photos"))
    open_files(own_product)
    [address] = shown(shop, "/shop/photos")
    assert "the centre has not seen it yet" in text(shop.get("/shop/photos"))
    assert stranger.get(address).status_code == 404
    assert shown(stranger, profile) == []
    shop.post("/shop/profile/submit", page="/shop/profile/")
    review = f"/work/profiles/{profile.rsplit('/', 1)[1]}"
    page = text(centre.get(review))
    assert shown(centre, review) == [address]
    revision = page.split('name="revision" value="', 1)[1].split('"', 1)[0]
    centre.post(review, {"decision": "approve", "revision": revision}, page=review)
    assert shown(stranger, profile) == [address]
    assert "Five-axis &lt;mill&gt;" in text(stranger.get(profile))
    answer = stranger.get(address)
    image = Image.open(io.BytesIO(answer.data))
    assert answer.mimetype == "image/jpeg"
    assert image.size == (800, 1600)
    assert not image.getexif()
    shop.post(f"{address.replace('/photos/', '/shop/photos/')}/remove", page="/shop/photos")
    assert stranger.get(address).status_code == 404
    assert shown(stranger, profile) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.4 not a photo", "This file is none of"),
    ],
)
def test_what_is_no_photo_is_refused_beside_the_field(shop: Browser, content: bytes, problem: str) -> None:
    answer = add(shop, content, caption="The lathe")
    assert answer.status_code in {415, 422}
    assert problem in text(answer)
    assert 'value="The lathe"' in text(answer)


def test_a_photo_that_cannot_be_opened_says_so_and_is_taken_away(
    shop: Browser, own_product: Application
) -> None:
    assert add(shop, picture()[:300]).status_code == 302
    open_files(own_product)
    page = text(shop.get("/shop/photos"))
    assert "damaged" in page
    assert '<img src="/photos/' not in page
    removal = re.search(r'action="(/shop/photos/[0-9a-f]+/remove)"', page)
    assert removal
    shop.post(removal[1], page="/shop/photos")
    assert "damaged" not in text(shop.get("/shop/photos"))


def test_several_photos_are_kept_at_once_or_none_of_them(shop: Browser, own_product: Application) -> None:
    def sent(*files: tuple[bytes, str]):  # type: ignore[no-untyped-def]
        chosen = [(io.BytesIO(content), name) for content, name in files]
        return shop.post("/shop/photos", {"file": chosen, "caption": "Shop"}, page="/shop/photos")  # type: ignore[dict-item]

    before = len(shown(shop, "/shop/photos"))
    good, web = (picture("JPEG", "teal"), "a.jpg"), (picture("WEBP", "red"), "b.webp")
    phone = (HEIC.read_bytes(), "IMG_0001.HEIC")
    refused = sent(good, (b"%PDF-1.4 not a photo", "c.pdf"), (b"", "d.png"))
    assert refused.status_code == 415
    for words in (
        "c.pdf: This file is none of: PNG, JPEG, WebP, HEIC",
        "d.png: The file is empty",
        "None of the photos",
    ):
        assert words in text(refused)
    open_files(own_product)
    assert len(shown(shop, "/shop/photos")) == before
    assert sent(good, web, phone).status_code == 302
    open_files(own_product)
    new = shown(shop, "/shop/photos")[before:]
    sizes = [(800, 1600), (800, 1600), (640, 320)]
    for address, size in zip(new, sizes, strict=True):
        image = Image.open(io.BytesIO(shop.get(address).data))
        assert (image.format, image.size) == ("JPEG", size)
        assert not image.getexif()
    shop.post("/shop/profile/discard", page="/shop/profile/")


def test_no_file_at_all_is_told_so(shop: Browser) -> None:
    answer = shop.post("/shop/photos", {"caption": "x"}, page="/shop/photos")
    assert answer.status_code == 422
    assert "Choose photos" in text(answer)


def test_the_same_photo_twice_is_one_and_discarding_drops_it(shop: Browser, own_product: Application) -> None:
    content = picture("PNG", "olive", (300, 200))
    for _ in range(2):
        assert add(shop, content, "again.png").status_code == 302
        open_files(own_product)
    assert len(shown(shop, "/shop/photos")) == 1
    shop.post("/shop/profile/discard", page="/shop/profile/")
    assert shown(shop, "/shop/photos") == []
