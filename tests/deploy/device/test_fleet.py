"""Several phones side by side: one that fails stops no other, Ctrl-C ends all."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.choose import Say, Selection, choose_phones
from deploy.device.fleet import on_each
from deploy.device.listing import Connected
from deploy.virtual_phone import Faults, PhoneState, PrivateAdbServer, VirtualPhone
from tests.deploy.device.conftest import wait_until

ALL = Selection(every=True)


@pytest.fixture
def three(server: PrivateAdbServer) -> Iterator[list[VirtualPhone]]:
    with ExitStack() as stack:
        phones = [stack.enter_context(VirtualPhone(PhoneState(model=f"Number {place}"))) for place in range(3)]
        for phone in phones:
            server.connect(phone)
        yield phones


def model(phone: Connected, say: Say) -> str:
    answer = phone.adb.shell(phone.serial, ("getprop", "ro.product.model")).out.strip()
    say(f"it is {answer}")
    return answer


def test_each_phone_gets_the_work_and_its_lines_are_named(three: list[VirtualPhone], messages: list[str]) -> None:
    outcomes = on_each(choose_phones(ALL, messages.append), model, messages.append)
    assert {outcome.phone.serial: outcome.result for outcome in outcomes} == {phone.serial: phone.state.model for phone in three}
    assert sorted(messages) == sorted(f"{phone.serial}: it is {phone.state.model}" for phone in three)


def test_they_run_at_the_same_time(three: list[VirtualPhone], messages: list[str]) -> None:
    together = threading.Barrier(3, timeout=60)
    outcomes = on_each(choose_phones(ALL, messages.append), lambda phone, say: together.wait(), messages.append)
    assert sorted(outcome.result or 0 for outcome in outcomes) == [0, 1, 2]


def test_one_that_fails_and_one_that_is_not_ready_stop_no_other(
    three: list[VirtualPhone], server: PrivateAdbServer, messages: list[str]
) -> None:
    three[0].faults.drop_at_command = "getprop ro.product.model"
    with VirtualPhone(faults=Faults(auth="refuse")) as locked:
        server.connect(locked)
        outcomes = {one.phone.serial: one for one in on_each(choose_phones(ALL, messages.append), model, messages.append)}
    assert [outcomes[phone.serial].result for phone in three] == [None, "Number 1", "Number 2"]
    lost, refused = outcomes[three[0].serial].error, outcomes[locked.serial].error
    assert lost is not None
    assert "lost the phone" in lost.what
    assert refused is not None
    assert "unauthorized" in refused.why
    assert "tap Allow" in refused.fix


def test_an_error_of_the_kit_itself_is_not_swallowed(three: list[VirtualPhone], messages: list[str]) -> None:
    done = []

    def work(phone: Connected, say: Say) -> None:
        if phone.serial == three[0].serial:
            raise ZeroDivisionError
        done.append(phone.serial)

    with pytest.raises(ZeroDivisionError):
        on_each(choose_phones(ALL, messages.append), work, messages.append)
    assert len(done) == 2


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C is heard: a test run in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_all_at_once(three: list[VirtualPhone], messages: list[str]) -> None:
    phones = choose_phones(ALL, messages.append)
    cleaned, waiting = [], []
    for phone in three:
        phone.faults.command_delay_s = 60

    def work(phone: Connected, say: Say) -> None:
        try:
            waiting.append(phone)
            if phone.serial == three[0].serial:
                phone.adb.stop.wait(60)
            else:
                phone.adb.shell(phone.serial, ("getprop", "x"))
        finally:
            cleaned.append(phone)

    def stop() -> None:
        wait_until(lambda: len(waiting) == 3)
        time.sleep(0.2)
        _thread.interrupt_main()

    threading.Thread(target=stop).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        on_each(phones, work, messages.append)
    assert time.monotonic() - start < 50  # the phone that waits would take 60 s
    assert len(cleaned) == 3
    with pytest.raises(KeyboardInterrupt):
        cleaned[0].adb.run("devices")


@pytest.mark.parametrize(
    ("selection", "says"),
    [
        (Selection(("R58M",)), "no phone R58M"),
        (Selection(("R58M",), every=True), "can't be given together"),
        (Selection(servers=("127.0.0.1:1",)), "no adb server at 127.0.0.1:1"),
        (Selection(servers=("a b:5",)), "can't be used"),
        (Selection(servers=("host:99999",)), "can't be used"),
        (Selection(servers=("--x",)), "can't be used"),
    ],
)
def test_a_choice_that_is_none(selection: Selection, says: str, three: list[VirtualPhone], messages: list[str]) -> None:
    with pytest.raises(KitError, match=says) as caught:
        choose_phones(selection, messages.append)
    assert caught.value.fix


def test_several_servers_are_one_fleet(
    three: list[VirtualPhone], adb: Adb, server: PrivateAdbServer, messages: list[str]
) -> None:
    there = f"127.0.0.1:{server.port}"
    selection = Selection(every=True, servers=(there, there, "127.0.0.1:1"))
    outcomes = on_each(choose_phones(selection, messages.append), model, messages.append)
    assert [one.phone.name for one in outcomes if one.error] == ["all at 127.0.0.1:1"]
    assert sorted(one.phone.name for one in outcomes if not one.error) == sorted(f"{one.serial} at {there}" for one in three)
    assert sorted(one.result or "" for one in outcomes) == ["", "Number 0", "Number 1", "Number 2"]
