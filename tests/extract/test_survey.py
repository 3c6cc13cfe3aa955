import os
import socket
from pathlib import Path

import pytest

from etl.extract import Limits, fingerprint, survey


def put(raw: Path, name: str, content: bytes = b"x") -> Path:
    path = raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("figures/khm.csv", "figures"),
        ("figures/2024/khm.CSV.GZ", "figures"),
        ("reference/measures.csv.gz", "reference_measures"),
        ("reference/units/measures.xlsx", "reference_measures"),
        ("figures.csv", "figures"),
        ("stray.2024.csv.gz", "stray"),
    ],
)
def test_a_file_belongs_to_the_dataset_of_its_folder_or_in_none_of_its_name(
    tmp_path: Path, name: str, dataset: str
) -> None:
    put(tmp_path, name, b"12345")
    (file,) = survey(tmp_path)
    assert (file.name, file.dataset, file.size, file.refusal) == (name, dataset, 5, None)


def test_files_come_sorted_by_name_whatever_their_depth(tmp_path: Path) -> None:
    for name in ("b/z.csv", "a/2.csv", "c.csv", "a/1/x.csv"):
        put(tmp_path, name)
    assert [file.name for file in survey(tmp_path)] == ["a/1/x.csv", "a/2.csv", "b/z.csv", "c.csv"]


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.csv",
        ".git/x.csv",
        "~$x.xlsx",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "README",
        "readme.txt",
        "notes.md",
        "LICENSE",
    ],
)
def test_what_is_nobodys_data_is_not_listed(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"figures/{name}")
    assert survey(tmp_path) == ()


def test_a_pipe_and_a_socket_are_refused_without_being_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.fspath(tmp_path / "socket.csv"))
        refusals = {file.name: file.refusal for file in survey(tmp_path)}
    assert refusals == {
        "pipe.csv": "is a named pipe, not a file",
        "socket.csv": "is a socket, not a file",
    }


def test_a_link_is_taken_inside_the_folder_only(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    inside = put(raw, "figures/a.csv", b"123")
    outside = put(tmp_path, "secret.csv")
    (raw / "figures/in.csv").symlink_to(inside)
    (raw / "figures/out.csv").symlink_to(outside)
    (raw / "figures/gone.csv").symlink_to(raw / "nothing.csv")
    (raw / "figures/self.csv").symlink_to(raw / "figures/self.csv")
    (raw / "linked").symlink_to(raw / "figures", target_is_directory=True)
    found = {file.name: file for file in survey(raw)}
    assert (found["figures/in.csv"].refusal, found["figures/in.csv"].size) == (None, 3)
    assert "leads out of the raw folder" in str(found["figures/out.csv"].refusal)
    assert "cannot be looked at" in str(found["figures/gone.csv"].refusal)
    assert "cannot be looked at" in str(found["figures/self.csv"].refusal)
    assert "link to a folder" in str(found["linked"].refusal)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x.docx", "has `.docx`; read are .csv"),
        ("x", "has no suffix"),
        ("x.parquet.gz", "has `.parquet.gz`"),
        ("x.gz", "has `.gz`"),
        ("x.zip", "has `.zip`"),
    ],
)
def test_an_unknown_suffix_is_refused_naming_the_known_ones(
    tmp_path: Path, name: str, shown: str
) -> None:
    put(tmp_path, f"figures/{name}")
    (file,) = survey(tmp_path)
    assert str(file.refusal).startswith(shown)


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "figures/x.csv", b"12345")
    (file,) = survey(tmp_path, Limits(file_bytes=4))
    assert file.refusal == "is too large: 5 bytes, at most 4 are taken"


def test_a_file_without_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "figures/x.csv")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read anything
    (file,) = survey(tmp_path)
    assert file.refusal == "may not be read: no permission"


def test_a_name_that_is_not_utf8_is_refused_and_can_be_printed(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    with open(os.path.join(folder, b"caf\xe9.csv"), "wb"):  # noqa: PTH118, PTH123
        pass
    (file,) = survey(tmp_path)
    assert (file.name, file.refusal) == ("caf\\xe9.csv", "the file name is not UTF-8: rename it")


def test_a_missing_raw_folder_is_the_callers_business(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        survey(tmp_path / "nowhere")


def test_a_fingerprint_is_the_sha256_of_the_bytes(tmp_path: Path) -> None:
    path = put(tmp_path, "x.csv", b"abc")
    assert fingerprint(path).startswith("ba7816bf8f01cfea")
