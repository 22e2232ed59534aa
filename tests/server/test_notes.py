"""Notes of a session are read by the next process, which may be of a newer version."""

from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.server.access.lease import UNLIMITED, Lease
from enterprise_stream.server.notes import Notes, Since
from enterprise_stream.server.resume_token import Digests

LEASES = st.builds(Lease, st.text(), st.none() | st.text(), st.floats(0, 1e15), st.integers(0, 10**9))
NOTES = st.builds(
    Notes,
    st.builds(Digests, st.none() | st.text(), st.none() | st.text()),
    st.text(),
    st.tuples(st.integers(0, 1000), st.floats(0, 1e9)),
    st.floats(0, 1e15),
    LEASES,
    st.none() | st.builds(Since, st.integers(0), st.text(), st.integers(0), st.integers(0), st.integers(0)),
    st.booleans(),
)


@given(NOTES)
def test_notes_are_read_as_they_were_written(notes: Notes) -> None:
    assert Notes.of(notes.text()) == notes


def test_notes_of_a_version_without_leases_are_read() -> None:
    notes = Notes.of('["now", "before", "sandra", 3, 1500.0]')
    assert notes == Notes(Digests("now", "before"), "sandra", (3, 1500.0), 0.0, UNLIMITED)
