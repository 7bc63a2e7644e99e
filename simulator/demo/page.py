"""The demo's own page, "break something": buttons that break the played hardware behind a panel, and repair it.

It is served by the demo's process and by nothing else: a server has neither these buttons nor a way to them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from simulator.demo.breakage import Breakage, Hardware, NotHere

MOST_BODY = 1000
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English", "zh": "中文"}
TEXTS: Mapping[str, Mapping[str, str]] = {
    "title": {"vi": "Làm hỏng thử", "en": "Break something", "zh": "模拟故障"},
    "about": {
        "vi": "Chỉ có trong bản dùng thử. Mỗi nút làm hỏng thiết bị mô phỏng phía sau bảng; "
        "cảnh báo hiện trong phần Sự cố sau vài giây đến một phút.",
        "en": "In the demo only. Each button breaks the simulated hardware behind a panel; "
        "the alarm shows under Faults after some seconds to a minute.",
        "zh": "仅限演示版。每个按钮都会损坏显示屏后面的模拟设备；几秒到一分钟后，“故障”页面会出现报警。",
    },
    "break": {"vi": "Làm hỏng", "en": "Break", "zh": "损坏"},
    "repair": {"vi": "Sửa", "en": "Repair", "zh": "修复"},
    "broken": {"vi": "đang hỏng", "en": "broken", "zh": "已损坏"},
    "sound": {"vi": "bình thường", "en": "works", "zh": "正常"},
    "look": {"vi": "Xem bảng này", "en": "Look at this panel", "zh": "查看此显示屏"},
    "back": {"vi": "Về trang sự cố", "en": "To the faults", "zh": "返回故障页面"},
    "card": {"vi": "Rút card nhận 2 ở cổng 1", "en": "Receiving card 2 of port 1 out", "zh": "拔下端口1的2号接收卡"},
    "fan": {"vi": "Dừng quạt 3 của tủ LED", "en": "Fan 3 of a cabinet stops", "zh": "箱体3号风扇停转"},
    "voltage": {"vi": "Nguồn của máy phát bị sụt áp", "en": "The kiosk's supply is too low", "zh": "播放机电源欠压"},
    "link": {"vi": "Cắt đường truyền", "en": "Cut the link", "zh": "切断网络"},
    "player": {"vi": "Treo trình phát", "en": "Freeze the player", "zh": "播放程序卡死"},
}
_STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;margin:0 auto;max-width:44rem;padding:1rem;"
    "background:#f6f4ef;color:#1c1a17}"
    "h1{font-size:1.5rem;margin:.2rem 0}section{background:#fff;border:1px solid #d9d4c8;border-radius:.6rem;"
    "padding:1rem;margin:1rem 0}h2{font-size:1.15rem;margin:0 0 .5rem}form{display:flex;gap:1rem;align-items:center;"
    "justify-content:space-between;border-top:1px solid #ece8de;padding:.55rem 0;margin:0}"
    "button{font:inherit;min-height:2.75rem;min-width:6.5rem;border-radius:.5rem;border:1px solid #7a3414;"
    "background:#fff;color:#7a3414}form.broken button{background:#17633a;border-color:#17633a;color:#fff}"
    "small{display:block;color:#6a6459}form.broken small{color:#a32a12;font-weight:600}a{color:#17633a}"
    "nav a{margin-right:1rem}[role=alert]{background:#fde9e2;border:1px solid #a32a12;padding:.6rem}"
)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, hardware: Mapping[str, Hardware], panels: Mapping[str, str], console: str) -> None:
        super().__init__(("127.0.0.1", port), _Answers)
        self.hardware = hardware
        self._panels, self._console = panels, console

    def drawn(self, language: str, trouble: str = "") -> str:
        """Return the page."""

        def say(key: str) -> str:
            return escape(TEXTS[key][language])

        others = "".join(f'<a href="/?lang={code}" lang="{code}">{name}</a>' for code, name in LANGUAGES.items())
        alert = f'<p role="alert">{escape(trouble)}</p>' if trouble else ""
        sections = "".join(self._section(one, say, language) for one in list(self.hardware.values()))
        return (
            f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{say("title")}</title><style>{_STYLE}</style>'
            f"<nav>{others}</nav><main><h1>{say('title')}</h1><p>{say('about')}</p>{alert}"
            f'<p><a href="{escape(self._console)}/faults">{say("back")}</a></p>{sections}</main></html>'
        )

    def _section(self, one: Hardware, say: Callable[[str], str], language: str) -> str:
        forms = "".join(_form(one.slug, what, say, language, broken=what in one.broken) for what in Breakage)
        where = f"{escape(self._console)}/panels/{escape(self._panels.get(one.slug, ''))}/service"
        return (
            f'<section id="{escape(one.slug)}"><h2>{escape(one.name)}</h2>{forms}'
            f'<p><a href="{where}">{say("look")}</a></p></section>'
        )


class _Answers(BaseHTTPRequestHandler):
    server: _Server
    server_version, sys_version = "demo", ""

    def do_GET(self) -> None:
        """Show the page."""
        self._show(self.server.drawn(_language(self.path)))

    def do_POST(self) -> None:
        """Press a button."""
        origin, length = self.headers.get("Origin"), self.headers.get("Content-Length", "")
        if origin is None or urlsplit(origin).netloc != self.headers.get("Host"):
            self.send_error(HTTPStatus.FORBIDDEN)
        elif not length.isdigit() or int(length) > MOST_BODY:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._press(parse_qs(self.rfile.read(int(length)).decode("utf-8", "replace")))

    def _press(self, given: Mapping[str, list[str]]) -> None:
        one = self.server.hardware.get(given.get("panel", [""])[0])
        what, language = given.get("what", [""])[0], _language(self.path)
        if one is None or what not in list(Breakage):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            (one.mend if given.get("do") == ["repair"] else one.do)(Breakage(what))
        except (NotHere, OSError) as error:
            self._show(self.server.drawn(language, str(error)), HTTPStatus.CONFLICT)
            return
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", f"/?lang={language}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def _show(self, text: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def page(hardware: Mapping[str, Hardware], panels: Mapping[str, str], console: str, port: int = 0) -> Iterator[str]:
    """Serve the page until the end of the block and yield its address.

    `hardware` by panel slug, `panels` the panels' ids by slug, `console` the address of the server.
    """
    with _Server(port, hardware, panels, console) as server:
        threading.Thread(target=server.serve_forever, args=(0.1,), name="demo-page", daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()


def _language(path: str) -> str:
    asked = parse_qs(urlsplit(path).query).get("lang", ["vi"])[0]
    return asked if asked in LANGUAGES else "vi"


def _form(slug: str, what: Breakage, say: Callable[[str], str], language: str, *, broken: bool) -> str:
    do, word, state = ("repair", "repair", "broken") if broken else ("break", "break", "sound")
    return (
        f'<form method="post" action="/?lang={language}" class="{state}" data-what="{what}">'
        f"<span>{say(what)}<small>{say(state)}</small></span>"
        f'<input type="hidden" name="panel" value="{escape(slug)}"><input type="hidden" name="what" value="{what}">'
        f'<button name="do" value="{do}">{say(word)}</button></form>'
    )
