"""Two processes that send the same edition from one PostgreSQL store at once."""

from __future__ import annotations

from collections import Counter
from email import message_from_bytes, policy

from command import Command


def test_each_reader_gets_it_once_and_the_sum_holds(digest: Command, postgres_url: str) -> None:
    (digest.folder / "digest.local.toml").write_text(f'[store]\nurl = "{postgres_url}"\n')
    rows = "".join(f"r{n}@reader.example,en,daily,active\n" for n in range(200))
    (digest.folder / "crowd.csv").write_text("email,language,digests,status\n" + rows)
    for words in (("-q", "subscribers", "import", "crowd.csv"), ("-q", "ingest")):
        assert digest(*words).code == 0
    senders = [digest.start("send", "daily", "--yes", "--no-ingest", "--rate", "200/s") for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in senders]
    codes = sorted(process.returncode for process in senders)
    assert codes in ([0, 0], [0, 6]), said
    if codes == [0, 6]:
        # It came upon the other while that made the edition, or while that sent it.
        assert any("another process" in words for words in said)
    assert "Traceback" not in "".join(said)
    mails = (digest.folder / "var" / "outbox").rglob("*.eml")
    got = Counter(str(message_from_bytes(path.read_bytes(), policy=policy.default)["To"]) for path in mails)
    assert len(got) == 200
    assert set(got.values()) == {1}
    status = digest("status", "daily", "--json").json
    assert (status["accepted"], status["total"], status["remaining"]) == (200, 200, 0)
