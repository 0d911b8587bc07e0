"""The bot's life: start, listen, stop."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from telegram import Update
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, TelegramError
from telegram.ext import ApplicationBuilder, ContextTypes

from coopbot.errors import CoopbotError, SettingsError, StateError
from coopbot.files import write_atomically
from coopbot.library import Library
from coopbot.messages import texts
from coopbot.settings import Settings
from coopbot.state import Database
from coopbot.state.backups import Mended, back_up_daily, held, open_state
from coopbot.state.deliveries import Deliveries
from coopbot.state.people import People
from coopbot.state.questions import Questions
from coopbot.state.share import Share
from coopbot.state.visits import Visits
from coopbot.telegram.admin import tell_admins
from coopbot.telegram.alerts import Alerts
from coopbot.telegram.desk import Desk
from coopbot.telegram.health import Health
from coopbot.telegram.intake import Intake
from coopbot.telegram.measures import MeasuredRequest, Measures
from coopbot.telegram.menu import publish
from coopbot.telegram.monitoring import Holdings, monitoring
from coopbot.telegram.numbering import Numbering
from coopbot.telegram.outbox import Outbox
from coopbot.telegram.secrecy import keep_secret
from coopbot.telegram.wiring import UPDATES, AnyApplication, wire

_PEPPER = "pepper"
_DRAIN_SECONDS = 3.0  # with what else stopping takes, under the 5 s that supervisors like
_HOUSEKEEPING_SECONDS = 3_600.0
_SETTLED_SECONDS = 60.0  # a bot that has just started has better to do than to copy its state
_CONNECTIONS = 64
# between two tries to reach Telegram at the start
_FIRST_TRY_SECONDS, _LAST_TRY_SECONDS = 0.5, 30.0
_LOCKED_SECONDS = 2.0
_HANDOVER_SECONDS = 5.0  # for the bot before this one to stop

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Bot:
    """The parts of a running bot."""

    application: AnyApplication
    desk: Desk
    intake: Intake
    outbox: Outbox
    health: Health
    database: Database
    deliveries: Deliveries
    threads: tuple[ThreadPoolExecutor, ...]


def run_bot(
    library: Library,
    settings: Settings,
    announce: Callable[[str], None],
    tell: Callable[[Mended], None],
) -> None:
    """Answer until SIGINT or SIGTERM; *announce* gets the bot's name when it listens.

    *tell* hears of a damaged state that a backup took the place of.

    Raises SettingsError when the token is missing, unreadable or refused, StateError.
    """
    token = settings.secret_token()
    if not token:
        raise SettingsError("telegram_token")
    number, of = settings.telegram_worker
    if of > 1 and not (settings.telegram_webhook_url and settings.telegram_webhook_secret):
        raise SettingsError("telegram_workers")
    share = Share(number - 1, of)
    keep_secret(token)
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library's way of asking for its new types
    alone = of == 1
    with held(settings.state, _HANDOVER_SECONDS, alone=alone), share.held(settings.state):
        database = (
            open_state(settings.state, library.now, tell)
            if alone
            else Database(settings.state, library.now)
        )
        try:
            bot = _assemble(library, settings, token, database, share)
            asyncio.run(_live(bot, settings, announce))
        except InvalidToken as error:
            raise SettingsError("telegram_token_refused") from error
        finally:
            database.close()


def _assemble(
    library: Library, settings: Settings, token: str, database: Database, share: Share
) -> _Bot:
    people = People(database)
    questions = Questions(database, _pepper(settings.state))
    deliveries = Deliveries(database, share)
    numbering = Numbering()
    measures = Measures()
    intake = Intake(deliveries, numbering)
    request = MeasuredRequest(measures, connection_pool_size=_CONNECTIONS, pool_timeout=30)
    builder = (
        ApplicationBuilder()
        .token(token)
        .update_queue(intake)
        .concurrent_updates(True)
        .request(request)
        .get_updates_request(MeasuredRequest(measures, connection_pool_size=1))
    )
    if settings.telegram_base_url:
        base = settings.telegram_base_url.rstrip("/")
        builder = builder.base_url(f"{base}/bot").base_file_url(f"{base}/file/bot")
    application: AnyApplication = builder.build()
    outbox = Outbox(
        application.bot,
        deliveries,
        numbering,
        people.drop_chat,
        people.move_chat,
        measures.arrived,
    )
    # One thread each: two that search share Python's lock with the event loop, and make answers to
    # a crowd wait twice as long. Indexing has its own, so that nobody waits for it.
    searching = ThreadPoolExecutor(max_workers=1, thread_name_prefix="search")
    working = ThreadPoolExecutor(max_workers=1, thread_name_prefix="work")
    desk = Desk(library, settings, people, questions, outbox, measures, searching, working)
    wire(application, desk, intake)
    application.add_error_handler(_on_error(desk))
    polls = settings.telegram_webhook_url is None
    health = Health(library, deliveries, measures, texts(settings.language), polls)
    measures.registry.register(Holdings(library, deliveries, Visits(database), health))
    threads = (searching, working)
    return _Bot(application, desk, intake, outbox, health, database, deliveries, threads)


async def _live(bot: _Bot, settings: Settings, announce: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    where = settings.monitoring_listen
    async with monitoring(where, bot.health, bot.desk.measures):
        if await _reach(bot.application, stop):
            await _answer(bot, settings, announce, stop)
    for threads in bot.threads:
        threads.shutdown(wait=False, cancel_futures=True)


async def _answer(
    bot: _Bot, settings: Settings, announce: Callable[[str], None], stop: asyncio.Event
) -> None:
    """Answer until *stop* is set."""
    async with bot.application:
        await bot.application.start()
        await bot.intake.resume(bot.application.bot)
        bot.outbox.resume()
        tasks = [
            asyncio.create_task(Alerts(bot.desk, bot.deliveries.share).watch(), name="alerts"),
            asyncio.create_task(_keep_house(bot), name="housekeeping"),
            asyncio.create_task(_publish(bot, settings), name="menu"),
            asyncio.create_task(_renew(bot.desk), name="renew"),
        ]
        if bot.deliveries.share.of > 1:
            watching = bot.intake.watch(bot.application.bot)
            tasks.append(asyncio.create_task(watching, name="intake"))
        await _listen(bot.application, settings)
        announce(bot.application.bot.username)
        await stop.wait()
        _log.info("stopping")
        for task in tasks:
            task.cancel()
        updater = bot.application.updater
        if updater is not None and updater.running:
            await updater.stop()
        await bot.application.stop()
        await bot.outbox.drain(_DRAIN_SECONDS)


async def _reach(application: AnyApplication, stop: asyncio.Event) -> bool:
    """Wait until Telegram answers; return False when the bot is stopped before that."""
    delay = _FIRST_TRY_SECONDS
    while not stop.is_set():
        try:
            await application.initialize()
        except BadRequest:
            raise
        except NetworkError as error:
            _on_polling_error(error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), delay)
            delay = min(2 * delay, _LAST_TRY_SECONDS)
        else:
            return True
    return False


async def _listen(application: AnyApplication, settings: Settings) -> None:
    updater = application.updater
    assert updater is not None  # noqa: S101 - the builder makes one
    if not settings.telegram_webhook_url:
        await updater.start_polling(
            allowed_updates=UPDATES, bootstrap_retries=-1, error_callback=_on_polling_error
        )
        return
    host, _, port = settings.telegram_webhook_listen.rpartition(":")
    await updater.start_webhook(
        listen=host,
        port=int(port),
        url_path=urlsplit(settings.telegram_webhook_url).path.lstrip("/"),
        webhook_url=settings.telegram_webhook_url,
        secret_token=settings.telegram_webhook_secret or secrets.token_urlsafe(32),
        allowed_updates=UPDATES,
        bootstrap_retries=-1,
    )


def _on_polling_error(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        _log.error("another process polls with the same token: stop one of the two")
    else:
        _log.warning("Telegram does not answer, trying again: %s", error)


def _on_error(
    desk: Desk,
) -> Callable[[object, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]:
    async def handle(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Log what went wrong, tell the administrators, and say sorry to the person."""
        error = context.error
        if isinstance(error, NetworkError):
            _log.warning("a call failed: %s", error)
            return
        _log.error("handler failed", exc_info=error)
        if isinstance(update, Update):
            say = desk.say(update)
            if update.effective_message is not None and update.callback_query is None:
                desk.reply(update, escape(say("bot.failed")))
            tell_admins(desk, say("admin.failed", error=f"{type(error).__name__}: {error}"))

    return handle


async def _keep_house(bot: _Bot) -> None:
    while True:
        bot.desk.questions.drop_old()
        bot.deliveries.drop_old()
        bot.database.drop_old_copies()
        await asyncio.sleep(_SETTLED_SECONDS)
        try:
            library = bot.desk.library
            await asyncio.to_thread(back_up_daily, library.settings.state, library.now)
        except StateError as error:
            _log.error("state not backed up: %s", error)
            say = texts(bot.desk.settings.language)
            tell_admins(bot.desk, say("admin.failed", error=error.text(say.language)))
        await asyncio.sleep(_HOUSEKEEPING_SECONDS)


async def _renew(desk: Desk) -> None:
    """Make the index anew if another version made it; the former one answers meanwhile."""
    if not desk.library.is_of_other_code():
        return
    _log.warning("the index is of another version: it answers while it is made anew")
    while True:
        try:
            report = await desk.work(desk.library.refresh)
            await desk.search(desk.library.open)
        except CoopbotError as error:
            if error.key != "index_locked":
                _log.error("the index could not be made anew: %s", error)
                return
            await asyncio.sleep(_LOCKED_SECONDS)  # another process is at it
        else:
            _log.info("the index was made anew", extra={"articles": report.articles})
            return


async def _publish(bot: _Bot, settings: Settings) -> None:
    for error in await publish(bot.application.bot, settings.telegram_admins):
        _log.warning("menu not published: %s", error)


def _pepper(folder: Path) -> bytes:
    """Return the secret that makes voters unrecognisable, made on first use."""
    path = folder / _PEPPER
    if not path.exists():
        write_atomically(path, secrets.token_bytes(32))
        path.chmod(0o600)
    return path.read_bytes()
