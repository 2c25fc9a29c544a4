"""Those who may sign in: added on the command line, let in by the page and the API, each with what is theirs."""

import io
import json
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from playwright.sync_api import Request, expect
from typer.testing import CliRunner

from assistant.assistant import Assistant
from assistant.cli.main import app
from assistant.storage import passwords
from assistant.storage.conversations import Conversations
from assistant.storage.users import SIGNED_IN, People
from assistant.types import Exchange
from assistant.web.api import schema
from assistant.web.page.login import WRONG, local
from tests.browsing import PATIENCE, Visits, ask, sideways
from tests.people import PASSWORD, at, enter
from tests.sayings import JEWELS, SHIFT
from tests.serving import serving

GUARDED = [
    "/",
    "/?chat=1",
    "/config",
    "/docs",
    "/openapi.json",
    "/theme.css",
    "/export/1.md",
    "/export/1.json",
    "/v1/models",
    "/gradio_api/info",
    "/gradio_api/mcp/",
    "/gradio_api/queue/data?session_hash=1",
    "/gradio_api/heartbeat/1",
    "/nothing",
    "//login",
    "/login/",
]


@pytest.fixture(autouse=True, scope="module")
def _quick_passwords() -> None:
    """Make what the first check of a password makes once."""
    passwords.prepare()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let a command read this from stdin."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.fixture(scope="module")
def shared(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over seeds/ at which ada and bob may sign in."""
    home = tmp_path_factory.mktemp("people")
    people = People(home / "users.db")
    for name in ("ada", "bob"):
        people.add(name, PASSWORD)
    return at(assistant, home)


@pytest.fixture(scope="module")
def address(shared: Assistant) -> Iterator[str]:
    with serving(shared, login=True) as address:
        yield address


_clients: list[httpx.Client] = []


@pytest.fixture(autouse=True)
def _close_clients() -> Iterator[None]:
    yield
    while _clients:
        _clients.pop().close()


def signed_in(address: str, name: str = "ada", password: str = PASSWORD) -> httpx.Client:
    client = httpx.Client(base_url=address, timeout=60)
    _clients.append(client)
    assert client.post("/login", data={"name": name, "password": password}).status_code == 303
    return client


# ---- The command line ----


def test_people_are_added_listed_and_removed(run: Any, typed: Callable[[str], None], tmp_path: Path) -> None:
    typed(f"{PASSWORD}\n")
    assert run("user", "add", "Ada.L", "--password-stdin").out == "Added ada.l.\n"
    (listed,) = run("user", "list", "--json").data
    assert listed | {"added": ""} == {"name": "ada.l", "added": "", "conversations": 0, "tokens": 0}
    assert "ada.l" in run("user", "list").out
    assert run("user", "remove", "ADA.L").out == "Removed ada.l.\n"
    assert "run `assistant user add NAME`" in run("user", "list").out


def test_a_password_is_asked_for_twice_and_never_shown(tmp_path: Path) -> None:
    runner = CliRunner()
    asked = ["user", "add", "ada", "--home", str(tmp_path)]
    ran = runner.invoke(app, asked, input=f"{PASSWORD}\nsomething else\n{PASSWORD}\n{PASSWORD}\n")
    assert ran.exit_code == 0
    assert "do not match" in ran.output
    assert PASSWORD not in ran.output
    people = People(tmp_path / "users.db")
    assert people.sign_in("ada", PASSWORD)
    assert not people.sign_in("ada", "something else")


def test_the_file_is_readable_by_its_owner_alone_and_holds_no_secret(tmp_path: Path) -> None:
    people = People(tmp_path / "users.db")
    people.add("ada", PASSWORD)
    found = people.sign_in("ada", PASSWORD)
    assert found
    secrets = [PASSWORD, found[1], people.make_token("ada")]
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
        assert not [secret for secret in secrets if secret.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    ("command", "password", "says"),
    [
        (["user", "add", "ada"], "another horse", "ada is there already"),
        (["user", "add", "ADA"], "another horse", "ada is there already"),
        (["user", "add", "two words"], PASSWORD, "'two words' is no name; use"),
        (["user", "add", "zoë"], PASSWORD, "is no name"),
        (["user", "add", "x" * 65], PASSWORD, "is no name"),
        (["user", "add", "bob"], "1234567", "a password has 8 to 1,000 characters"),
        (["user", "add", "bob"], "", "a password has 8 to 1,000 characters"),
        (["user", "password", "bob"], PASSWORD, "nobody goes by the name 'bob'"),
        (["user", "remove", "bob"], None, "nobody goes by the name 'bob'"),
        (["user", "token", "bob"], None, "nobody goes by the name 'bob'"),
        (["user", "token", "bob", "--revoke"], None, "nobody goes by the name 'bob'"),
    ],
)
def test_what_will_not_do_is_one_sentence(
    run: Any, typed: Callable[[str], None], command: list[str], password: str | None, says: str
) -> None:
    typed(f"{PASSWORD}\n")
    run("user", "add", "ada", "--password-stdin")
    typed(f"{password}\n")
    ran = run(*command, *(["--password-stdin"] if password is not None else []))
    assert ran.code == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_conversations_of_somebody_removed_are_kept_unless_they_are_to_go(
    run: Any, typed: Callable[[str], None], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    kept = Conversations(home / "conversations.db")
    for owner in ("ada", "ada", ""):
        kept.keep(kept.begin("why?", owner).id, Exchange("why?"), owner)
    typed(f"{PASSWORD}\n{PASSWORD}\n")
    assert "2 conversations of that name are there from before" in run("user", "add", "ada", "--password-stdin").out
    assert "2 conversations are kept" in run("user", "remove", "ada").out
    assert kept.count("ada") == 2
    run("user", "add", "ada", "--password-stdin")
    assert run("user", "remove", "ada", "--conversations").out == "Removed ada, and deleted 2 conversations.\n"
    assert (kept.count("ada"), kept.count("")) == (0, 1)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--login"], "nobody can sign in yet; run `assistant user add NAME` first"),
        (["--host", "0.0.0.0"], "add --login, or --open-to-everyone"),
        (["--host", "::"], "add --login, or --open-to-everyone"),
        (["--host", "box.local"], "add --login, or --open-to-everyone"),
        (["--login", "--open-to-everyone"], "exclude each other"),
    ],
)
def test_a_chat_that_would_let_in_the_wrong_people_does_not_start(run: Any, options: list[str], says: str) -> None:
    ran = run("chat", "--no-browser", *options)
    assert ran.code == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1


# ---- Over HTTP ----


def test_without_signing_in_there_is_nothing_but_the_page_to_sign_in_on(address: str) -> None:
    for path in GUARDED:
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            refused = httpx.request(method, address + path)
            assert (path, method, refused.status_code) == (path, method, 401)
            assert refused.headers["www-authenticate"] == "Bearer"
    assert httpx.get(f"{address}/v1/models").json()["error"]["message"].startswith("Sign in first:")
    for path in ("/v1/chat/completions", "/api/answer", "/gradio_api/queue/join", "/logout"):
        assert httpx.post(address + path, json={}).status_code == 401
    for authorization in ("Bearer", "Bearer wrong", "Basic YWRhOmNvcnJlY3QgaG9yc2U="):
        assert httpx.get(address, headers={"Authorization": authorization}).status_code == 401
    form = httpx.get(f"{address}/login")
    assert form.status_code == 200
    assert "default-src 'self'" in form.headers["content-security-policy"]


def test_a_browser_is_sent_to_sign_in_and_on_to_where_it_wanted_to_go(address: str) -> None:
    with httpx.Client(base_url=address, headers={"Accept": "text/html"}) as client:
        sent = client.get("/docs?a=1&b=2")
        assert sent.status_code == 303
        form = client.get(sent.headers["location"])
        (wanted,) = re.findall('name="next" value="(.*?)"', form.text)
        given = {"name": "Ada", "password": PASSWORD, "next": wanted.replace("&amp;", "&")}
        entered = client.post("/login", data=given)
        assert (entered.status_code, entered.headers["location"]) == (303, "/docs?a=1&b=2")
        assert client.get(entered.headers["location"]).status_code == 200


@pytest.mark.parametrize(
    "foreign",
    [
        *("", "x", "//evil.example", "///evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example"),
        *("javascript:alert(1)", "/\t/evil.example", "/a\r\nSet-Cookie: a=b", "/login", "/logout", "/[::1"),
    ],
)
def test_one_is_never_sent_on_to_elsewhere(foreign: str) -> None:
    assert local(foreign) in ("/", "/[::1")
    assert local("/?chat=abc") == "/?chat=abc"


def test_the_cookie_is_kept_from_scripts_other_pages_and_plain_http(address: str) -> None:
    given = {"name": "ada", "password": PASSWORD}
    plain = httpx.post(f"{address}/login", data=given).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(plain.split("; "))
    assert "Secure" not in plain
    proxied = httpx.post(f"{address}/login", data=given, headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in proxied.headers["set-cookie"]


@pytest.mark.alone
def test_a_refusal_says_the_same_and_takes_as_long_whether_or_not_the_name_is_there(address: str) -> None:
    took = {}
    for name in ("bob", "nobody"):
        spent = []
        for _ in range(3):
            began = time.perf_counter()
            refused = httpx.post(f"{address}/login", data={"name": name, "password": "wrong horse"})
            spent.append(time.perf_counter() - began)
            assert refused.status_code == 401
            assert WRONG in refused.text
            assert "set-cookie" not in refused.headers
        took[name] = min(spent)
    assert 1 / 4 < took["bob"] / took["nobody"] < 4


def test_what_was_typed_stays_text(address: str) -> None:
    given = {"name": '"><script>alert(1)</script>', "password": "x", "next": '/"><b>'}
    form = httpx.post(f"{address}/login", data=given).text
    assert "<script" not in form
    assert "<b>" not in form


def test_another_page_can_neither_sign_in_nor_sign_out(address: str) -> None:
    client = signed_in(address)
    for path in ("/login", "/logout"):
        assert client.post(path, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.get("/v1/models").status_code == 200
    assert client.post("/logout").status_code == 303
    assert client.get("/v1/models").status_code == 401


def test_a_session_outlives_a_restart_and_ends_with_the_password(assistant: Assistant, tmp_path: Path) -> None:
    people = People(tmp_path / "users.db")
    people.add("ada", PASSWORD)
    served = at(assistant, tmp_path)
    with serving(served, login=True) as address:
        cookies = signed_in(address).cookies
    with serving(served, login=True) as address:
        assert httpx.get(f"{address}/v1/models", cookies=cookies).status_code == 200
        token = {"Authorization": f"Bearer {people.make_token('ada')}"}
        people.set_password("ada", "another horse")
        assert httpx.get(f"{address}/v1/models", cookies=cookies).status_code == 401
        assert httpx.get(f"{address}/v1/models", headers=token).status_code == 200
        cookies = signed_in(address, password="another horse").cookies
        people.remove("ada")
        assert httpx.get(f"{address}/v1/models", cookies=cookies).status_code == 401
        assert httpx.get(f"{address}/v1/models", headers=token).status_code == 401


def test_a_session_ends_by_itself(tmp_path: Path) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    people = People(tmp_path / "users.db", now=lambda: now[0])
    people.add("ada", PASSWORD)
    found = people.sign_in("ada", PASSWORD)
    assert found
    assert people.in_session(found[1]) == "ada"
    now[0] += SIGNED_IN
    assert people.in_session(found[1]) is None


def test_a_program_asks_with_a_token_until_it_is_revoked(run: Any, shared: Assistant, address: str) -> None:
    home = shared.settings.home
    token = run("user", "token", "ada", "--home", home).out.strip()
    with openai.OpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0) as client:
        said = client.chat.completions.create(model=schema.MODEL, messages=[{"role": "user", "content": SHIFT}])
        assert "Rubio" in (said.choices[0].message.content or "")
        assert "Revoked 1 token of ada" in run("user", "token", "ada", "--revoke", "--home", home).out
        with pytest.raises(openai.AuthenticationError, match="Sign in first"):
            client.models.list()


def test_who_guesses_passwords_has_to_wait(assistant: Assistant, tmp_path: Path) -> None:
    People(tmp_path / "users.db").add("ada", PASSWORD)
    wrong = {"name": "ada", "password": "wrong horse"}
    with serving(at(assistant, tmp_path), login=True) as address:
        assert {httpx.post(f"{address}/login", data=wrong).status_code for _ in range(10)} == {401}
        waits = httpx.post(f"{address}/login", data={"name": "ADA ", "password": PASSWORD})
        assert waits.status_code == 429
        assert 0 < int(waits.headers["retry-after"]) <= 300
        assert "There were too many attempts to sign in; try again in 5 minutes." in waits.text


def test_who_asks_too_fast_is_told_so(visit: Visits, assistant: Assistant, tmp_path: Path) -> None:
    people = People(tmp_path / "users.db")
    people.add("ada", PASSWORD)
    people.add("bob", PASSWORD)
    with serving(at(assistant, tmp_path, questions_per_minute=2), login=True) as address:
        client = signed_in(address)
        asked = {"question": SHIFT}
        assert [client.post("/api/answer", json=asked).status_code for _ in range(3)] == [200, 200, 429]
        chat = client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": SHIFT}]})
        assert chat.status_code == 429
        assert 0 < int(chat.headers["retry-after"]) <= 60
        assert chat.json()["error"]["message"].startswith("You ask faster than this server allows; ask again in ")
        page = enter(visit.open(address), "ada")
        page.locator("#question textarea").fill(JEWELS)
        page.keyboard.press("Enter")
        expect(page.locator(".toast-body, .toast-text").first).to_contain_text("ask again in", timeout=PATIENCE)
        expect(page.locator("#question textarea")).to_have_value(JEWELS)
        assert signed_in(address, "bob").post("/api/answer", json=asked).status_code == 200


# ---- In the browser ----


def test_two_who_are_signed_in_at_once_see_nothing_of_each_other(
    visit: Visits, shared: Assistant, address: str
) -> None:
    visit.expected = "403"
    adas, bobs = enter(visit.open(address), "ada"), visit.open(address)
    joined: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if "queue/join" in request.url:
            joined.append(request.post_data_json or {})

    adas.on("request", note)
    enter(bobs, "bob")
    expect(adas.locator(".person .name")).to_have_text("ada")
    ask(adas, SHIFT)
    ask(bobs, JEWELS)
    expect(adas.locator(".history .title")).to_have_text([SHIFT])
    expect(bobs.locator(".history .title")).to_have_text([JEWELS])
    (id_,) = re.findall(r"chat=([\w-]+)", adas.url)

    # By address, in the page, as a file, and with the cookie of the one for the file of the other.
    bobs.goto(f"{address}/?chat={id_}")
    expect(bobs.locator(".history .title")).to_have_text([JEWELS])
    expect(bobs.locator(".answer")).to_have_count(0)
    expect(bobs).not_to_have_url(re.compile("chat="))
    for form in ("md", "json"):
        assert bobs.request.get(f"{address}/export/{id_}.{form}").status == 404
        assert adas.request.get(f"{address}/export/{id_}.{form}").status == 200

    # By events: what is pressed names ids, and ids can be anything.
    for action in ("open", "rename", "delete"):
        bobs.evaluate(
            """([action, id]) => {
                const list = document.querySelector(".history");
                const forged = `<i data-id="${id}"><button data-action="${action}"></button></i>`;
                list.insertAdjacentHTML("beforeend", forged);
                list.querySelector(`[data-id="${id}"] button`).click();
            }""",
            [action, id_],
        )
        bobs.wait_for_timeout(300)
    bobs.get_by_label("Search conversations").fill("Rubio")
    expect(bobs.locator(".history .hint")).to_be_visible()
    expect(bobs.locator(".answer")).to_have_count(0)
    kept = Conversations(shared.settings.conversations)
    assert [heading.title for heading in kept.headings("ada")] == [SHIFT]

    # By what tells Gradio's tabs apart, should it ever be known to another.
    tab = joined[-1]["session_hash"]
    assert bobs.request.post(f"{address}/gradio_api/queue/join", data=joined[-1]).status == 403
    cookies = {cookie["name"]: cookie["value"] for cookie in bobs.context.cookies()}
    of_no_kind = json.dumps(joined[-1]).encode()
    assert httpx.post(f"{address}/gradio_api/queue/join", content=of_no_kind, cookies=cookies).status_code == 403
    assert bobs.request.get(f"{address}/gradio_api/queue/data?session_hash={tab}").status == 403
    assert bobs.request.get(f"{address}/gradio_api/heartbeat/{tab}").status == 403
    ask(adas, JEWELS)
    adas.reload()
    expect(adas.locator(".answer")).to_have_count(2, timeout=PATIENCE)


def test_signing_in_needs_no_script_and_signing_out_ends_it(visit: Visits, address: str) -> None:
    visit.expected = "401|Autofocus"
    page = visit.open(f"{address}/docs", 390, 780, java_script_enabled=False)
    assert sideways(page) == 0
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("wrong horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text(WRONG)
    expect(page.get_by_label("Name")).to_have_value("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/docs")

    page = enter(visit.open(address, 390, 780), "ada")
    assert sideways(page) == 0
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{address}/login")
    page.goto(address)
    expect(page).to_have_url(f"{address}/login")


def test_who_was_signed_out_meanwhile_signs_in_again_and_finds_what_was_typed(
    visit: Visits, address: str, shared: Assistant
) -> None:
    visit.expected = "401"
    page = enter(visit.open(address), "ada")
    page.locator("#question textarea").fill(JEWELS)
    People(shared.settings.home / "users.db").set_password("ada", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/login", timeout=PATIENCE)
    enter(page, "ada")
    expect(page.locator("#question textarea")).to_have_value(JEWELS, timeout=PATIENCE)
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_have_count(1, timeout=PATIENCE)


def test_where_nobody_signs_in_there_is_nothing_to_sign_out_of(visit: Visits, assistant: Assistant) -> None:
    with serving(assistant) as address:
        page = visit(address)
        expect(page.locator(".masthead .count")).to_be_visible()
        expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
        assert "Password" not in httpx.get(f"{address}/login").text
