"""The commands, and what they share."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from enterprise_stream import __version__
from enterprise_stream.cli.exits import stderr, tells_errors
from enterprise_stream.cli.keys import keys
from enterprise_stream.cli.privacy_commands import privacy
from enterprise_stream.observe.logs import configure_logs

app = typer.Typer(
    name="enterprise-stream",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""**Sandra**, a voice concierge over a plain WebSocket.

    First steps: `enterprise-stream doctor` says what works here, `enterprise-stream models pull` fetches the embedded
    models, `enterprise-stream serve` opens the page at http://127.0.0.1:3000.

    Settings come from the environment and `.env` (see `.env.example`). Exit codes: 0 fine, 1 failed, 2 wrong usage,
    3 a setting is wrong, 4 a model is missing, 5 a file cannot be used.
    """,
)
models = typer.Typer(no_args_is_help=True, help="The embedded models: what there is, fetch it, check it.")
knowledge = typer.Typer(no_args_is_help=True, help="The business's knowledge file.")
app.add_typer(models, name="models")
app.add_typer(knowledge, name="knowledge")
voices = typer.Typer(no_args_is_help=True, help="The voice library: what she says at once, without synthesis.")
app.add_typer(voices, name="voices")
tools = typer.Typer(no_args_is_help=True, help="What she can do beside talking, an owner's own tools included.")
app.add_typer(tools, name="tools")
app.add_typer(keys, name="keys")
app.add_typer(privacy, name="privacy")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"enterprise-stream {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """What every command shares."""
    del version  # its callback has printed it
    configure_logs("warning")


Recordings = Annotated[
    list[Path],
    typer.Argument(help="Recordings of the guest, one for each turn: WAV, Ogg/Opus or WebM/Opus.", metavar="FILE..."),
]
LanguageOption = Annotated[
    str | None, typer.Option("--language", "-l", help="es, en, …; the setting LANGUAGE by default.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@app.command()
@tells_errors
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; the setting HOST by default.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes any. The setting PORT by default.")] = None,
    emulated: Annotated[
        bool, typer.Option("--emulated", help="With emulators of the vendors instead of vendors; needs no keys.")
    ] = False,
) -> None:
    """Serve the page and the WebSocket.

    Examples: `enterprise-stream serve` · `PORT=8080 enterprise-stream serve` · `LANGUAGE=en enterprise-stream serve`
    """
    from enterprise_stream.cli.serve import run

    raise typer.Exit(run(host, port, emulated=emulated))


@app.command()
@tells_errors
def doctor(
    as_json: JsonOption = False,
    online: Annotated[bool, typer.Option("--online", help="Ask the vendors too; it costs nothing.")] = False,
) -> None:
    """Say what works here, what is missing and what to do. Exits 1 when something needed is missing."""
    from enterprise_stream.cli.doctor import run

    raise typer.Exit(run(as_json=as_json, online=online))


@app.command()
@tells_errors
def say(
    text: Annotated[str, typer.Argument(help="What Sandra says.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="WAV file to write; - for standard output.")],
    language: LanguageOption = None,
) -> None:
    """Let Sandra say something, into a WAV file.

    Example: `enterprise-stream say "Hola, soy Sandra." -o hola.wav`
    """
    from enterprise_stream.cli.speech import say as run

    run(text, out, language)


@app.command("say-as")
@tells_errors
def say_as(
    text: Annotated[str, typer.Argument(help="What is written; - reads standard input.")],
    language: LanguageOption = None,
    region: Annotated[
        str | None, typer.Option("--region", "-r", help="ES, MX, US, …; the setting REGION by default.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show how a text is said: a line for each clause, and under it what is said otherwise than it is written.

    Example: `enterprise-stream say-as "La villa: **290 €/noche**, entrada a las 15:00."`
    """
    from enterprise_stream.cli.speech import say_as as run

    run(text, language, region, as_json=as_json)


@app.command()
@tells_errors
def transcribe(
    files: Recordings,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down what is said in recordings.

    Example: `enterprise-stream transcribe pregunta.wav`
    """
    from enterprise_stream.cli.speech import transcribe as run

    run(files, language, as_json=as_json)


@app.command()
@tells_errors
def talk(
    files: Recordings,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the answers, as WAV.")] = Path("out"),
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold a conversation with recordings as the guest, each spoken in real time, and time every turn.

    Example: `enterprise-stream talk hola.wav precio.wav -o answers`
    """
    from enterprise_stream.cli.talk import run

    raise typer.Exit(run(files, out, language, as_json=as_json))


@app.command()
@tells_errors
def costs(
    days: Annotated[int, typer.Option("--days", "-d", min=1, help="How many days back, today included.")] = 7,
    prices: Annotated[
        bool, typer.Option("--prices", help="Print the price table in force, as a file that PRICES_FILE takes.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what was paid to vendors: what a minute costs by stage, by day and tenant, what the voice library saved.

    Every purchase is priced when it is made and kept in the database (DATABASE_URL), so this also works while a server
    runs. Caps are MAX_COST_TURN, MAX_COST_CALL, MAX_COST_DAY and MAX_COST_TENANT_DAY; docs/how-to/costs.md tells more.

    Examples: `enterprise-stream costs` · `enterprise-stream costs --days 30 --json` ·
    `enterprise-stream costs --prices > prices.yaml`
    """
    from enterprise_stream.cli.costs import run, show_prices

    if prices:
        show_prices(as_json=as_json)
    else:
        run(days, as_json=as_json)


@app.command()
@tells_errors
def emulators(
    vendor: Annotated[
        list[str] | None, typer.Option("--vendor", help="deepgram, openai, elevenlabs or cartesia; all by default.")
    ] = None,
    port: Annotated[int, typer.Option(help="Of the first one; the others have the ports after it. 0 takes any.")] = 0,
    hum: Annotated[bool, typer.Option("--hum", help="Without models: understand nothing, hum answers.")] = False,
    env: Annotated[bool, typer.Option("--env", help="Print lines for `.env`, not for a shell.")] = False,
) -> None:
    """Serve emulators of the vendors on this machine, and print the settings with which a server uses them.

    They are for trying the cloud engines without keys, and say so: nothing is sent to a vendor.

    Examples: `enterprise-stream emulators --port 4010` · `enterprise-stream emulators --vendor openai --env`
    """
    from enterprise_stream.cli.emulators import run

    raise typer.Exit(run(vendor or (), port, hum=hum, as_env=env))


@models.command("list")
@tells_errors
def models_list(as_json: JsonOption = False) -> None:
    """Show the models, their licences, and which are here."""
    from enterprise_stream.cli.models import show

    show(as_json=as_json)


@models.command("pull")
@tells_errors
def models_pull(
    names: Annotated[list[str] | None, typer.Argument(help="Models; all that a conversation needs by default.")] = None,
    tests: Annotated[bool, typer.Option("--tests", help="Also what only tests and benchmarks need.")] = False,
    quiet_if_complete: Annotated[bool, typer.Option(help="Print nothing when all is here already.")] = False,
) -> None:
    """Fetch the models into the cache, with a progress bar; what is here already stays."""
    from enterprise_stream.cli.models import pull

    pull(names, tests=tests, quiet_if_complete=quiet_if_complete)


@models.command("verify")
@tells_errors
def models_verify(
    names: Annotated[list[str] | None, typer.Argument(help="Models; all that are here by default.")] = None,
) -> None:
    """Read every model file again and compare it with its checksum. Exits 4 when one is wrong."""
    from enterprise_stream.cli.models import verify

    raise typer.Exit(verify(names))


@knowledge.command("check")
@tells_errors
def knowledge_check(
    file: Annotated[Path, typer.Argument(help="The knowledge file (YAML).")],
) -> None:
    """Say what is wrong with a knowledge file, line by line. Exits 5 when it cannot be used."""
    from enterprise_stream.cli.knowledge import check

    raise typer.Exit(check(file))


@voices.command("build")
@tells_errors
def voices_build(
    language: Annotated[
        list[str] | None, typer.Option("--language", "-l", help="es, en, …; may be repeated. All by default.")
    ] = None,
    phrases: Annotated[
        Path | None, typer.Option(help="More phrases: a text file, one a line; `en: Good evening.` names a language.")
    ] = None,
    suggested: Annotated[int, typer.Option(help="Also the first N phrases that `voices report` suggests.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Synthesise ahead what she will say: greeting, apologies, hand-over, and all answers of the knowledge file.

    What is there already is left as it is, so it can be stopped (Ctrl-C) and run again at any time, also while a
    server runs. Examples: `enterprise-stream voices build` · `enterprise-stream voices build -l es --suggested 20`
    """
    from enterprise_stream.cli.voices import build

    raise typer.Exit(build(language, phrases, suggested, as_json=as_json))


@voices.command("report")
@tells_errors
def voices_report(
    price: Annotated[
        float, typer.Option("--price-per-million", help="What a million characters of synthesis cost; money is shown.")
    ] = 0.0,
    suggestions: Annotated[int, typer.Option(help="How many phrases to suggest.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Say what the library holds, what share of her speech came from it, what that saved, and which phrases to add.

    Example: `enterprise-stream voices report --price-per-million 15`
    """
    from enterprise_stream.cli.voices import report

    report(price, suggestions, as_json=as_json)


@voices.command("prune")
@tells_errors
def voices_prune(
    to_mb: Annotated[
        float | None, typer.Option(help="Remove clips said live, the longest unused first, until all fits.")
    ] = None,
    unused_days: Annotated[float | None, typer.Option(help="Remove clips said live and not used for so long.")] = None,
    orphaned: Annotated[bool, typer.Option("--orphaned", help="Remove clips of another voice or model.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove clips that nobody needs. What was built ahead or recorded stays, unless it is orphaned.

    Example: `enterprise-stream voices prune --unused-days 30 --orphaned --dry-run`
    """
    from enterprise_stream.cli.voices import prune

    prune(to_mb, unused_days, orphaned=orphaned, dry_run=dry_run, as_json=as_json)


@voices.command("import")
@tells_errors
def voices_import(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder with sound files and recordings.yaml; VOICE_RECORDINGS by default.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take recordings of your own into the library: they are said instead of synthesis. Exits 5 when one cannot be.

    `recordings.yaml` is a list; each entry has `file`, `text`, `language` and, if you like, `category` (welcome,
    luxury, support, error, general). The folder is the truth: a recording that it no longer names is removed.
    """
    from enterprise_stream.cli.voices import import_recordings

    raise typer.Exit(import_recordings(folder, as_json=as_json))


@tools.command("check")
@tells_errors
def tools_check(
    file: Annotated[Path, typer.Argument(help="The file of tools (YAML).")],
) -> None:
    """Say what is wrong with a file of tools, line by line; asks no server. Exits 5 when it cannot be used."""
    from enterprise_stream.cli.tools import check

    raise typer.Exit(check(file))


@tools.command("list")
@tells_errors
def tools_list(as_json: JsonOption = False) -> None:
    """Show every tool, what it may do, and whether its server answers. Exits 1 if one does not."""
    from enterprise_stream.cli.tools import show

    raise typer.Exit(show(as_json=as_json))


MostOption = Annotated[int, typer.Option("--most", help="How many, the newest first.")]


@app.command()
@tells_errors
def bookings(as_json: JsonOption = False, most: MostOption = 50) -> None:
    """Show what guests have asked to book, and whether your system took each message.

    A message that is `dead` was refused, one that is `unknown` may have been taken; neither is sent again.
    """
    from enterprise_stream.cli.requests import show_bookings

    show_bookings(most, as_json=as_json)


@app.command("hand-overs")
@tells_errors
def hand_overs(as_json: JsonOption = False, most: MostOption = 50) -> None:
    """Show which guests a person has to see to, and whether your system took each message; see `bookings`."""
    from enterprise_stream.cli.requests import show_hand_overs

    show_hand_overs(most, as_json=as_json)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except KeyboardInterrupt:
        stderr.print("interrupted")
        sys.exit(130)
