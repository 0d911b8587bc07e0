"""The folder of articles: names, reading, writing, and what is refused."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from coopbot.article import Article, dump
from coopbot.corpus import MAX_ARTICLE_BYTES, Corpus, Entry, Known, slug
from coopbot.errors import ArticleError, CorpusError
from coopbot.messages import LANGUAGES, Language

URL = "https://example.org/scic"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return Corpus(folder)


def put(corpus: Corpus, path: str, content: bytes = b"---\ntitle: a\n---\n") -> Path:
    file = corpus.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def files(corpus: Corpus) -> list[str]:
    found = (p for p in corpus.root.rglob("*") if p.is_file())
    return sorted(p.relative_to(corpus.root).as_posix() for p in found)


def test_a_saved_article_is_read_back_from_the_path_it_was_given(corpus: Corpus) -> None:
    article = Article("Créer une Scic", "Il faut trois catégories.", url=URL, tags=("scic",))
    path = corpus.save(article, "creer/scic.md")
    assert path == "creer/scic.md"
    assert corpus.paths() == ["creer/scic.md"]
    entry = corpus.read(path)
    assert (entry.path, entry.article, entry.id) == (path, article, URL)


def test_an_article_without_address_is_known_by_its_path(corpus: Corpus) -> None:
    assert corpus.read(corpus.save(Article("Titre"), "a/b.md")).id == "a/b.md"


def test_the_digest_changes_with_the_file_and_only_then(corpus: Corpus) -> None:
    file = put(corpus, "a.md")
    before = corpus.read("a.md").digest
    assert corpus.read("a.md").digest == before
    file.write_bytes(file.read_bytes() + b"\n")
    assert corpus.read("a.md").digest != before


def test_a_deleted_article_is_gone_and_cannot_be_deleted_again(corpus: Corpus) -> None:
    path = corpus.save(Article("Titre"))
    corpus.delete(path)
    assert files(corpus) == []
    with pytest.raises(CorpusError) as caught:
        corpus.delete(path)
    assert caught.value.key == "corpus_no_such_article"


def test_a_directory_is_not_deleted_as_an_article(corpus: Corpus) -> None:
    (corpus.root / "x.md").mkdir()
    with pytest.raises(CorpusError) as caught:
        corpus.delete("x.md")
    assert caught.value.key == "corpus_unwritable"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Créer une Scic !", "creer-une-scic"),
        ("L'œuvre : salarié·e·s", "l-oeuvre-salarie-e-s"),
        ("  --  ", "article"),
        ("合作社", "he-zuo-she"),
        ("mot " * 40, "-".join(["mot"] * 20)),
        ("a" * 200, "a" * 80),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_a_title_gives_a_short_plain_file_name(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_new_article_is_named_after_its_site_and_title(corpus: Corpus) -> None:
    assert corpus.save(Article("La Scic", site="Les Scic")) == "les-scic/la-scic.md"
    assert corpus.save(Article("La Scic")) == "la-scic.md"


def test_articles_with_one_title_are_numbered_from_two(corpus: Corpus) -> None:
    saved = [corpus.save(Article("La Scic", str(number))) for number in range(3)]
    assert saved == ["la-scic.md", "la-scic-2.md", "la-scic-3.md"]
    assert [corpus.read(path).article.body for path in saved] == ["0", "1", "2"]


def test_an_article_titled_readme_finds_a_name(corpus: Corpus) -> None:
    path = corpus.save(Article("Readme"))
    assert corpus.paths() == [path]


def test_an_article_with_a_known_address_replaces_it_where_it_stands(corpus: Corpus) -> None:
    corpus.save(Article("Ancien titre", url=URL), "dossier/ancien.md")
    assert corpus.save(Article("Nouveau titre", url=URL)) == "dossier/ancien.md"
    assert files(corpus) == ["dossier/ancien.md"]
    assert corpus.read("dossier/ancien.md").article.title == "Nouveau titre"


def test_another_spelling_of_a_known_address_replaces_its_article(corpus: Corpus) -> None:
    path = corpus.save(Article("Titre", url=URL))
    assert corpus.save(Article("Titre", url="HTTPS://Example.org/scic#haut")) == path


def test_an_article_without_address_replaces_none(corpus: Corpus) -> None:
    assert corpus.save(Article("a")) != corpus.save(Article("a"))


@pytest.mark.parametrize(
    ("article", "found"),
    [
        (Article("Autre titre", "Autre texte.", url=URL + "#bas"), "a.md"),
        (Article("La Scic", "Un  texte\nsur deux lignes."), "b.md"),
        (Article("La Scic", "Un autre texte."), None),
        (Article("Le titre", "Un texte sur deux lignes."), None),
        (Article("La Scic", "Un texte sur deux lignes.", url="https://example.org/"), None),
    ],
)
def test_an_article_is_found_by_its_address_else_by_its_title_and_words(
    corpus: Corpus, article: Article, found: str | None
) -> None:
    corpus.save(Article("Titre", "Texte.", url=URL), "a.md")
    corpus.save(Article("La Scic", "Un texte sur deux\nlignes.", tags=("scic",)), "b.md")
    put(corpus, "c.md", b"pas d'en-tete")
    assert corpus.path_of(article) == found


def test_nothing_is_found_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert Corpus(tmp_path / "rien").path_of(Article("Titre", url=URL)) is None


def test_of_two_files_with_one_address_the_second_is_an_error_naming_both(corpus: Corpus) -> None:
    for path in ("b.md", "a.md"):
        put(corpus, path, dump(Article(path, url=URL)).encode())
    first, second = corpus.entries()
    assert isinstance(first, Entry)
    assert first.path == "a.md"
    assert isinstance(second, ArticleError)
    assert (second.key, second.path) == ("article_duplicate", "b.md")
    for language in LANGUAGES:
        assert all(name in second.text(language) for name in ("b.md", URL, "a.md"))


def test_a_file_in_another_encoding_is_refused_at_the_line_of_its_first_wrong_byte(
    corpus: Corpus,
) -> None:
    put(corpus, "a.md", "---\ntitle: été\n---\n\nUn\n".encode() + "Créer\n".encode("latin-1"))
    with pytest.raises(ArticleError) as caught:
        corpus.read("a.md")
    assert (caught.value.key, caught.value.line) == ("article_encoding", 6)


def test_a_byte_order_mark_does_no_harm(corpus: Corpus) -> None:
    put(corpus, "a.md", b"\xef\xbb\xbf---\r\ntitle: a\r\n---\r\n\r\nTexte\r\n")
    assert corpus.read("a.md").article == Article("a", "Texte")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", r"a\.md : 5[.,]0 Mo, c'est trop gros pour un article \(au plus 2 Mo\)\."),
        ("en", r"a\.md: 5\.0 MB is too large for an article \(at most 2 MB\)\."),
    ],
)
def test_a_file_of_five_megabytes_is_refused_in_a_sentence(
    corpus: Corpus, language: Language, sentence: str
) -> None:
    put(corpus, "a.md", b"---\ntitle: a\n---\n" + b"mot " * 1_250_000)
    with pytest.raises(ArticleError) as caught:
        corpus.read("a.md")
    assert re.match(sentence, caught.value.text(language))


def test_a_file_of_the_largest_size_allowed_is_read(corpus: Corpus) -> None:
    head = b"---\ntitle: a\n---\n"
    put(corpus, "a.md", head + b"m" * (MAX_ARTICLE_BYTES - len(head)))
    assert corpus.read("a.md").article.title == "a"


def test_hidden_files_notes_readmes_and_other_types_are_left_out(corpus: Corpus) -> None:
    for path in ("a.md", "dossier/b.md", ".c.md", "_d.md", ".git/e.md", "_brouillons/f.md"):
        put(corpus, path)
    for path in ("README.md", "dossier/Readme.md", "g.txt", "h.markdown", "i.MD"):
        put(corpus, path)
    assert corpus.paths() == ["a.md", "dossier/b.md"]


_NO_ARTICLE = ["../x.md", "/tmp/x.md", "a/../../x.md", "a/../x.md", "", ".", "x.txt", "x"]  # noqa: S108
_NO_ARTICLE += [".x.md", "_x.md", ".git/x.md", "_brouillons/x.md", "README.md", "a/readme.md"]


@pytest.mark.parametrize("path", _NO_ARTICLE)
def test_a_path_that_leaves_the_corpus_or_names_no_article_is_refused(
    corpus: Corpus, path: str
) -> None:
    for use in (corpus.read, corpus.delete):
        with pytest.raises(CorpusError) as caught:
            use(path)
        assert caught.value.key == "corpus_path"


@pytest.mark.parametrize("path", [path for path in _NO_ARTICLE if path])
def test_nothing_is_written_at_a_path_that_is_refused(corpus: Corpus, path: str) -> None:
    around = sorted(corpus.root.parent.rglob("*"))
    with pytest.raises(CorpusError) as caught:
        corpus.save(Article("a"), path)
    assert caught.value.key == "corpus_path"
    assert sorted(corpus.root.parent.rglob("*")) == around


def test_what_cannot_be_opened_is_refused_with_the_reason(corpus: Corpus) -> None:
    (corpus.root / "x.md").symlink_to(corpus.root / "nowhere.md")
    (error,) = corpus.entries()
    assert isinstance(error, ArticleError)
    assert (error.key, error.path) == ("article_unreadable", "x.md")
    assert str(error.values["reason"]) in error.text("fr")
    assert error.values["reason"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_file_without_the_right_to_read_it_is_refused(corpus: Corpus) -> None:
    put(corpus, "x.md").chmod(0)
    with pytest.raises(ArticleError) as caught:
        corpus.read("x.md")
    assert caught.value.key == "article_unreadable"


def test_a_missing_folder_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as caught:
        Corpus(tmp_path / "rien").paths()
    assert caught.value.key == "corpus_missing"
    assert str(tmp_path / "rien") in caught.value.text("fr")


def test_a_missing_folder_is_made_by_the_first_article_saved(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path / "a" / "b")
    assert corpus.save(Article("Titre", url=URL)) == "titre.md"
    assert corpus.paths() == ["titre.md"]


def test_a_folder_that_cannot_be_made_is_an_error_naming_the_file(corpus: Corpus) -> None:
    put(corpus, "site", b"a file where the folder should be")
    with pytest.raises(CorpusError) as caught:
        corpus.save(Article("Titre", site="site"))
    assert caught.value.key == "corpus_unwritable"
    assert str(corpus.root / "site" / "titre.md") in caught.value.text("fr")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder_is_an_error_and_keeps_its_article(corpus: Corpus) -> None:
    corpus.save(Article("Avant"), "a.md")
    corpus.root.chmod(0o500)
    try:
        with pytest.raises(CorpusError) as caught:
            corpus.save(Article("Après"), "a.md")
    finally:
        corpus.root.chmod(0o700)
    assert caught.value.key == "corpus_unwritable"
    assert corpus.read("a.md").article.title == "Avant"


def test_a_full_disk_leaves_the_former_article_and_no_temporary_file(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    corpus.save(Article("Avant"), "a.md")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CorpusError) as caught:
        corpus.save(Article("Après"), "a.md")
    assert "No space left on device" in caught.value.text("en")
    assert files(corpus) == ["a.md"]
    assert corpus.read("a.md").article.title == "Avant"


def test_an_interrupted_write_leaves_the_former_article_and_no_temporary_file(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_self: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    corpus.save(Article("Avant"), "a.md")
    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        corpus.save(Article("Après"), "a.md")
    assert files(corpus) == ["a.md"]
    assert corpus.read("a.md").article.title == "Avant"


def test_a_saved_article_leaves_no_temporary_file(corpus: Corpus) -> None:
    corpus.save(Article("Titre"), "a.md")
    assert files(corpus) == ["a.md"]


def test_broken_articles_do_not_stop_the_others(corpus: Corpus) -> None:
    for path in ("a.md", "c.md", "e.md"):
        put(corpus, path)
    put(corpus, "b.md", b"pas d'en-t\xeate")
    put(corpus, "d.md", b"---\ntitle: a\n")
    found = [(entry.path, isinstance(entry, Entry)) for entry in corpus.entries()]
    readable = [("a.md", True), ("c.md", True), ("e.md", True)]
    assert found == sorted([*readable, ("b.md", False), ("d.md", False)])


def test_what_is_known_comes_unparsed_and_what_changed_parsed(corpus: Corpus) -> None:
    for name in ("same", "edited", "broken", "new"):
        corpus.save(Article(title=name, body="Texte."), f"{name}.md")
    entries = [e for e in corpus.entries() if isinstance(e, Entry) and e.path != "new.md"]
    known = {e.path: Known(e.path, e.digest, e.id) for e in entries}
    corpus.save(Article(title="edited", body="Autre texte."), "edited.md")
    (corpus.root / "broken.md").write_text("sans en-tête", encoding="utf-8")
    found = {e.path: e for e in corpus.changed(known)}
    assert found["same.md"] is known["same.md"]
    assert found["edited.md"] == corpus.read("edited.md")
    assert found["new.md"] == corpus.read("new.md")
    assert isinstance(found["broken.md"], ArticleError)


def test_a_new_file_with_the_address_of_a_known_one_is_told_of(corpus: Corpus) -> None:
    url = "https://example.org/a"
    corpus.save(Article(title="A", url=url), "a.md")
    entry = corpus.read("a.md")
    corpus.save(Article(title="B", url=url), "b.md")
    found = list(corpus.changed({"a.md": Known("a.md", entry.digest, entry.id)}))
    assert found[0] == Known("a.md", entry.digest, url)
    assert isinstance(found[1], ArticleError)
    assert found[1].path == "b.md"
    assert "a.md" in str(found[1])
