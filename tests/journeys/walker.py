"""A reader of the site in a real browser, who notes whatever is wrong with a page that it comes to."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from matchmaker.cli import demo

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": False,
}
PATIENCE = 60_000  # ms; a busy machine of two cores is slow, not broken
# Only what is wrong comes back: the list of what is right is long, and slow to carry over.
# What sticks to an edge lies over whatever stands there, which scrolls away from under it: it is put back to its place meanwhile.
AXE = """async rules => {
  scrollTo(0, 0)
  const stuck = [...document.querySelectorAll('body *')].filter(one => getComputedStyle(one).position === 'sticky')
  for (const one of stuck) one.style.position = 'static'
  const found = await axe.run(rules)
  for (const one of stuck) one.style.position = ''
  return found.violations.map(one => `${one.id} ${one.nodes[0].html.slice(0, 160)}`)
}"""
# An operator's desk is dense where there is room; everywhere else a thumb decides.
LAID_OUT = """() => {
  const least = document.body.matches('.desk') && innerWidth >= 960 ? 27 : 43.5
  const small = [...document.querySelectorAll('button, select, summary, textarea, input:not([type=hidden]), nav a, h3 a')]
    .filter(one => { const box = one.getBoundingClientRect(); return box.width > 0 && box.height < least })
    .map(one => 'small target ' + one.outerHTML.slice(0, 120))
  const root = document.documentElement, wrong = [...small]
  if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1')
  if (!document.title.split('·')[0].trim()) wrong.push('no title')
  if (!['ru', 'en'].includes(root.lang)) wrong.push('no language')
  if (root.scrollWidth > window.innerWidth) wrong.push(`${root.scrollWidth} px wide`)
  return wrong
}"""
# What the keyboard comes to, noted as it comes: whether the place can be seen, and is not hidden behind what sticks (WCAG 2.4.7, 2.4.11).
# A group of radio buttons is one stop; a box that is drawn by its label shows the focus there.
KEYBOARD = """whole => {
  const seen = new Set(), wrong = []
  const named = one => one.outerHTML.slice(0, 100)
  const drawn = one => {
    const style = getComputedStyle(one)
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
  }
  const bare = one => [one, one.nextElementSibling, one.parentElement, one.closest('label')].every(part => !part || !drawn(part))
  const hidden = one => {
    const box = one.getClientRects()[0]
    if (!box) return true
    const across = [box.left + 2, (box.left + box.right) / 2, box.right - 2]
    const down = [box.top + 2, (box.top + box.bottom) / 2, box.bottom - 2]
    return across.every(x => down.every(y => {
      const top = document.elementFromPoint(x, y)
      return !top || !(one.contains(top) || top.contains(one) || [...(one.labels || [])].some(label => label.contains(top)))
    }))
  }
  document.addEventListener('focusin', event => {
    const one = event.target
    if (seen.has(one)) return
    seen.add(one)
    if (bare(one)) wrong.push('no sign of the focus ' + named(one))
    requestAnimationFrame(() => {
      if (document.activeElement === one && hidden(one)) wrong.push('focus behind something ' + named(one))
    })
  })
  const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(one =>
    one.tabIndex >= 0 && !one.disabled && one.type !== 'hidden' && one.checkVisibility({visibilityProperty: true}) &&
    (whole || one.closest('main')))
  const alike = one => one.type === 'radio' ? stops.filter(other => other.name === one.name && other.form === one.form) : [one]
  window.byKeyboard = () => [...wrong, ...stops.filter(one => one.isConnected && !alike(one).some(other => seen.has(other)))
    .map(one => 'the keyboard does not come to ' + named(one))]
  document.activeElement.blur()
  if (!whole) getSelection().collapse(document.querySelector('main'), 0)
  return stops.length
}"""
NARROWEST = 320  # CSS pixels, of the smallest telephones and of a page magnified four times
# Words that are broken inside, and what is wider than the screen; a very long word has to be broken somewhere.
NARROW = """() => {
  const wrong = [], range = document.createRange()
  for (const part of document.querySelectorAll('button, .button, h1, h2, h3, summary, label, legend, th, dt, nav a')) {
    if (!part.getClientRects().length) continue
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      for (const word of text.data.matchAll(/[\\p{L}]{2,20}/gu)) {
        range.setStart(text, word.index)
        range.setEnd(text, word.index + word[0].length)
        const lines = new Set([...range.getClientRects()].map(one => Math.round(one.top)))
        if (lines.size > 1) wrong.push(`${innerWidth} px: broken “${word[0]}” in ${part.outerHTML.slice(0, 100)}`)
      }
    }
  }
  const wide = document.documentElement.scrollWidth
  if (wide <= innerWidth) return wrong
  const beyond = [...document.querySelectorAll('body *')].filter(one =>
    !one.closest('.scroll') && one.getBoundingClientRect().right > innerWidth + 1)
  return [...wrong, `${wide} of ${innerWidth} px wide: ${(beyond.at(-1) || document.body).outerHTML.slice(0, 160)}`]
}"""
# What a page is made of, whatever it says: its elements with their classes and the names of what is said about them.
_ELEMENT = re.compile(r"<([a-z0-9]+)((?:\s[^<>]*?)?)>")
_CLASS = re.compile(r'class="([^"]*)"|\b(aria-[a-z]+|role|type|lang)=')
_seen: set[tuple[int, str, frozenset[str]]] = set()


def shape(page: str) -> frozenset[str]:
    return frozenset(
        f"{tag} {sorted(one[0] or one[1] for one in _CLASS.findall(rest))}"
        for tag, rest in _ELEMENT.findall(page)
    )


def screen(width: int, height: int = 900) -> dict[str, Any]:
    """What a browser is told of the device: a narrow one is touched by thumbs."""
    return {"viewport": {"width": width, "height": height}, "has_touch": width < 500}


@cache
def axe_script() -> str:
    return str(Axe().axe_script)


def faults(page: Page) -> list[str]:
    """What is wrong with the page that is open: accessible, one heading, no sideways scrolling, targets for a thumb.

    How it is laid out is looked at each time; axe, which takes longer, sees what is made of the same parts once in a
    language at a width.
    """
    assert page.viewport_size is not None
    wrong = list(page.evaluate(LAID_OUT))
    if page.viewport_size["width"] < 500:
        wrong += _narrow(page)
    mark = (
        page.viewport_size["width"],
        page.locator("html").get_attribute("lang") or "",
        shape(page.content()),
    )
    if mark not in _seen:
        _seen.add(mark)
        page.evaluate(axe_script())
        wrong += page.evaluate(AXE, RULES)
    return wrong


def unreached(page: Page, *, whole: bool) -> list[str]:
    """What somebody without a mouse does not come to by Tab, or comes to without seeing it: on the whole page, or in what is its own."""
    stops = page.evaluate(KEYBOARD, whole)
    for _ in range(5):  # a date is several stops, so that a page of dates takes more than one round
        for _ in range(stops + 2):
            page.keyboard.press("Tab")
        if not page.evaluate("window.byKeyboard().some(said => said.startsWith('the keyboard'))"):
            break
    return list(page.evaluate("new Promise(done => requestAnimationFrame(() => done(window.byKeyboard())))"))


def _narrow(page: Page) -> list[str]:
    """What is wrong on a telephone, and on the narrowest one."""
    size = page.viewport_size
    assert size is not None
    found = list(page.evaluate(NARROW))
    page.set_viewport_size({"width": NARROWEST, "height": size["height"]})
    found += page.evaluate(NARROW)
    page.set_viewport_size(size)
    return found


@dataclass
class Walker:
    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)
    scripts: bool = True  # without them nothing can be asked of the page but what it shows
    taps: int = 0  # presses of links, buttons and boxes
    screens: int = 0  # pages that were looked at

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("console", lambda line: self._said(line.type, line.text))
        self.page.on("request", lambda request: self._asked(request.url))

    def _said(self, kind: str, text: str) -> None:
        if kind == "error":
            self.wrong.append(f"console: {self.page.url}: {text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.wrong.append(f"request to another host: {url}")

    def go(self, path: str) -> None:
        """Open an address as from a bookmark or a letter."""
        self.page.goto(self.address + path)
        self.look()

    def press(self, what: str | Locator) -> None:
        """Press the first link or button of this kind, which leads to another page."""
        found = self.page.locator(what) if isinstance(what, str) else what
        self.taps += 1
        with self.page.expect_navigation():
            found.first.click()
        self.look()

    def act(self, what: str) -> None:
        """Press the first button of this kind in a list that is renewed in its place, and is then gone from it."""
        found = self.page.locator(what).first
        self.taps += 1
        found.click()
        found.wait_for(state="detached")
        self.look()

    def unfold(self, what: str) -> None:
        """Open a folded part of the page, where it is not open by itself."""
        if self.page.locator(f"{what}[open]").count() == 0:
            self.taps += 1
            self.page.locator(f"{what} > summary").click()

    def look(self) -> None:
        self.screens += 1
        if not self.scripts:
            return
        self.wrong += [f"{self.page.url}: {one}" for one in faults(self.page)]

    def path(self) -> str:
        return self.page.url.removeprefix(self.address)

    def sign_in(self, role: str) -> None:
        self.go("/login")
        email = role if "@" in role else f"{role}@demo-centre.example"
        self.page.fill("#f-email", email)
        self.page.fill("#f-password", demo.PASSWORD)
        self.press("main form button")

    def read_in(self, language: str) -> None:
        """Have the pages in a language; what this takes belongs to no act, since it depends on who was here before."""
        choice, taken = f"button[name=language][value={language}]", (self.taps, self.screens)
        if self.page.locator(choice).count():
            self.press(choice)
            self.taps, self.screens = taken

    def sign_out(self) -> None:
        self.press("header form[action='/logout'] button")
