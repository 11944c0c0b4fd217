import gettext

import pytest

from commsoffice.stack import catalogues

HEAD = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


@pytest.fixture
def catalogue(tmp_path):
    def write(body):
        path = tmp_path / "django.po"
        path.write_text(HEAD + body)
        return path

    return write


def test_a_whole_catalogue_has_no_fault(catalogue):
    path = catalogue(
        'msgid "Save"\nmsgstr "Guardar"\n\n'
        'msgid "%(n)s photo"\nmsgid_plural "%(n)s photos"\nmsgstr[0] "una foto"\nmsgstr[1] "%(n)s fotos"\n'
    )
    assert list(catalogues.faults(path)) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('msgid "Save"\nmsgstr ""\n', "django.po: «Save» is not translated"),
        ('#, fuzzy\nmsgid "Save"\nmsgstr "Guardar"\n', "django.po: «Save» is fuzzy"),
        ('msgid "Hello %(name)s"\nmsgstr "Hola"\n', "django.po: «Hello %(name)s» must carry %(name)s"),
        ('msgid "Hello {name}"\nmsgstr "Hola {nombre}"\n', "django.po: «Hello {name}» must carry {name}"),
        (
            'msgid "%(n)s photo"\nmsgid_plural "%(n)s photos"\nmsgstr[0] "foto"\nmsgstr[1] ""\n',
            "django.po: «%(n)s photo» is not translated",
        ),
    ],
)
def test_each_fault_is_named(catalogue, body, fault):
    assert list(catalogues.faults(catalogue(body))) == [fault]


def test_compiled_without_gnu_gettext(catalogue, tmp_path):
    catalogue('msgid "Save"\nmsgstr "Guardar"\n')
    catalogues.compile_stale(tmp_path)
    with (tmp_path / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Save") == "Guardar"


def test_a_fresh_one_is_not_compiled_again(catalogue, tmp_path):
    catalogue('msgid "Save"\nmsgstr "Guardar"\n')
    catalogues.compile_stale(tmp_path)
    before = (tmp_path / "django.mo").stat().st_ino
    catalogues.compile_stale(tmp_path)
    assert (tmp_path / "django.mo").stat().st_ino == before
