"""`make check-inputs`: the 64 bad inputs that the site promises an answer to, each with the requests and tests that hold it.

A number is held by rows of `tests.checks.edge` with that number, by files of the hostile corpus (a "title"), and by tests
(`file::test`). The rows are sent, the tests are run; the corpus goes through a served site with `--files` (minutes, as in
`make check-files`). The figure last: inputs held N of 64.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.checks import edge, files
from tests.support.demo_product import demo_centre
from tests.support.hostile_files import corpus

ROOT = Path(__file__).parents[2]
NUMBERS = range(1, 65)
_GUESSING, _OWN = "unit/web/account/test_guessing.py", "unit/web/account/test_own_account.py"
_RECOVERY, _FURTHER = "unit/web/account/test_recovery.py", "unit/web/edge/test_further_inputs.py"
_LISTS, _OPERATIONS = "unit/importers/test_lists.py", "unit/web/api/test_operations.py"
_QUOTES, _FORMS = "unit/web/needs/test_quotes.py", "unit/web/test_forms.py"
_PLAUSIBLE, _HOSTILE = "unit/web/supplier/test_plausible.py", "unit/search/reading/test_hostile_texts.py"
# What holds each input beside the rows of `edge`.
HELD: Mapping[int, tuple[str, ...]] = {
    1: (f"{_GUESSING}::test_the_eleventh_guess_is_told_when_to_return", f"{_GUESSING}::test_the_owner_enters_on_a_known_device_while_others_attack"),
    2: (f"{_RECOVERY}::test_asking_for_a_password_tells_nobody_who_has_an_account", "unit/web/account/test_account.py::test_registering_a_known_address_looks_the_same_and_changes_nothing", f"{_GUESSING}::test_an_unknown_account_is_limited_alike"),
    3: (f"{_GUESSING}::test_a_password_longer_than_any_is_refused_before_it_is_hashed", "unit/services/people/test_passwords.py::test_others_are_taken_unchanged"),
    4: (f"{_RECOVERY}::test_a_new_password_ends_all_sessions_and_its_link", f"{_RECOVERY}::test_a_link_for_a_password_is_over_after_an_hour"),
    6: (f"{_FURTHER}::test_a_session_that_was_planted_before_signing_in_is_none_afterwards",),
    7: (f"{_OWN}::test_a_session_a_remembered_one_and_a_key_die_with", f"{_OWN}::test_a_session_a_remembered_one_and_a_key_die_with_sign_out"),
    8: (f"{_FURTHER}::test_a_form_sent_after_its_role_ended_keeps_its_text_and_saves_nothing",),
    9: ("unit/web/api/test_api.py::test_a_key_ends_with_all_sessions_of_its_person",),
    14: ("unit/web/test_matrix.py::test_what_may_not_be_known_looks_like_what_is_not_there",),
    15: (f"{_FURTHER}::test_a_batch_with_something_of_another_need_does_nothing",),
    17: (f"{_FURTHER}::test_words_that_stand_where_only_some_may_read_find_nothing",),
    20: (f"{_FURTHER}::test_neither_a_range_nor_a_tag_opens_another_s_file",),
    28: (f"{_PLAUSIBLE}::test_a_shop_s_form_comes_back_by_its_field",),
    30: (f"{_PLAUSIBLE}::test_a_standard_that_is_not_known_brings_the_nearest",),
    34: (f"{_HOSTILE}::test_a_text_is_answered_without_hanging", "contract/test_engines.py::test_words_are_literal_text"),
    35: (f"{_FURTHER}::test_a_word_longer_than_an_index_takes_is_saved_and_indexed",),
    36: ("unit/services/index/test_indexing.py::test_a_document_that_cannot_be_written_delays_no_other_and_is_set_aside", "contract/test_engines.py::test_a_document_that_cannot_be_written_is_named_by_an_error_and_costs_no_other"),
    37: (f"{_FURTHER}::test_names_of_20000_letters_are_compared_at_once",),
    38: (f"{_HOSTILE}::test_a_text_is_answered_without_hanging",),
    39: ("unit/services/profiles/test_twin_pairs.py::test_tells_one_firm_from_two", "unit/web/work/test_clarifications.py::test_a_contractor_is_found_by_its_name_and_never_made_twice"),
    40: ("200 MB in 200 KB", "a bomb as a list"),
    41: ("parts over each other", "a directory that lies", "2,100 parts", "a locked workbook"),
    42: ("a cell at the end of the world", "a far cell in a list of parts", "unit/importers/test_parts.py::test_a_workbook_of_two_cells_far_apart_takes_no_memory_of_the_site"),
    43: ("macros", "macros by name", f"{_LISTS}::test_what_other_sheets_hold_and_formulas_without_a_value_are_told"),
    44: ("a billion laughs", "a file of the server"),
    45: ("brackets without end", "half a letter", "unit/web/work/test_imports.py::test_a_file_that_cannot_be_read_is_named"),
    46: (f"{_LISTS}::test_a_stray_quotation_mark_is_told_with_its_line", f"{_LISTS}::test_a_text_is_read_in_the_codes_and_with_the_marks_of_offices"),
    47: ("a cell of 200,000 letters", "noughts in a text", "unit/importers/test_sources.py::test_a_broken_table_is_refused_with_its_line", f"{_LISTS}::test_a_meaning_stands_once_and_a_name_is_needed"),
    48: ("a program named JPEG", "a drawing with a script", "a PDF named as a photo", "a page of HTML as a scan"),
    49: ("a name that leads elsewhere", "a name of a device", "a name of 300 letters", "a name read from the right", "a name with a nought", "a name of two lines"),
    50: ("a way out", "a link"),
    51: ("nothing at all", f"{_FURTHER}::test_an_upload_that_breaks_off_leaves_nothing", f"{_FURTHER}::test_a_file_too_many_is_refused_and_the_same_file_is_one", "unit/web/supplier/test_photos.py::test_the_same_photo_twice_is_one_and_discarding_drops_it"),
    52: ("a photo of 2,500 million pixels", "a PDF of 61 pages as a list", "unit/web/needs/test_drawings.py::test_a_pdf_of_too_many_pages_is_told_at_once_and_not_given_to_suppliers"),
    53: ("unit/web/work/test_exports.py::test_no_cell_is_a_formula", "unit/importers/test_cells.py::test_a_guarded_cell_is_read_back_and_is_no_formula", f"{_LISTS}::test_what_an_export_guards_is_read_back"),
    54: ("unit/web/public/test_public.py::test_markup_in_a_text_is_shown_as_typed", "unit/services/mail/test_letters.py::test_words_are_escaped_in_html_only"),
    55: ("unit/services/mail/test_letters.py::test_a_line_break_in_a_header_is_refused", "unit/services/mail/test_letters.py::test_a_line_break_in_the_subject_is_refused"),
    56: ("unit/web/edge/test_access_log.py::test_no_value_forges_a_line",),
    57: ("unit/services/webhooks/test_webhooks.py::test_an_address_inside_or_without_sense_is_refused", "unit/services/webhooks/test_webhooks.py::test_a_name_that_leads_inside_is_not_told"),
    58: ("unit/web/test_forms_at_once.py::test_presses_at_once_are_one_act_with_one_answer", f"{_FORMS}::test_sent_twice_it_makes_one"),
    59: (f"{_OPERATIONS}::test_a_request_with_its_key_is_done_once", f"{_OPERATIONS}::test_a_request_whose_key_is_at_work_waits", f"{_OPERATIONS}::test_a_key_of_another_form_is_refused", "unit/web/api/test_dealings.py::test_a_shop_s_program_answers_and_quotes"),
    60: (f"{_FORMS}::test_a_stale_form_tells_what_changed_and_keeps_what_was_typed", "unit/web/api/test_api.py::test_a_need_is_posted_once_changed_and_handed_in"),
    61: ("unit/web/needs/test_conditions.py::test_the_seal_holds_to_the_second", f"{_QUOTES}::test_quotes_stay_sealed_until_the_deadline_and_late_ones_are_refused"),
    62: ("unit/web/test_matrix.py::test_a_blocked_supplier_writes_nothing", "unit/web/needs/test_drawings.py::test_files_open_after_the_signature_and_close_with_it", f"{_QUOTES}::test_a_quote_needs_the_signature_where_there_is_something_to_keep_secret"),
    63: ("unit/web/work/test_imports.py::test_the_same_file_is_one_import_and_is_started_once", f"{_PLAUSIBLE}::test_an_older_file_does_not_take_back_what_a_newer_one_said", "unit/services/profiles/test_suppliers.py::test_a_file_does_not_overwrite_what_a_person_edited"),
    64: (f"{_FURTHER}::test_stuffed_lines_are_refused_by_their_number", f"{_GUESSING}::test_letters_and_registrations_are_limited"),
}  # fmt: skip


def holders() -> dict[int, tuple[str, ...]]:
    """What holds each input: its rows as "edge", titles of hostile files, tests."""
    rows = {one.number for one in edge.INPUTS}
    return {number: (*(("edge",) if number in rows else ()), *HELD.get(number, ())) for number in NUMBERS}


def is_test(holder: str) -> bool:
    return "::" in holder


def _wrong_rows(folder: Path) -> set[str]:
    for product in demo_centre(folder, 20):
        return {f"edge {one.number}" for one, wrong in edge.results(product) if wrong}
    raise AssertionError


def _wrong_tests(wanted: set[str]) -> set[str]:
    """The tests that failed, were not found or were left out."""
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, *sorted(f"tests/{one}" for one in wanted)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = run.stdout.splitlines()
    bad = {_named(line) for line in lines if line.startswith(("FAILED ", "ERROR "))}
    return bad | (wanted - {_named(line) for line in lines if line.startswith("PASSED ")})


def _named(line: str) -> str:
    return (
        line.split(maxsplit=1)[1].split(" - ", maxsplit=1)[0].split("[", maxsplit=1)[0].removeprefix("tests/")
    )


def _wrong_files(folder: Path) -> set[str]:
    found = files.check(folder, list(corpus()))
    return {one.rpartition(" (")[0].partition(" (")[0] for one in found.wrong}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", action="store_true", help="send the hostile files too")
    asked = parser.parse_args()
    held = holders()
    with tempfile.TemporaryDirectory() as folder:
        wrong = _wrong_rows(Path(folder) / "edge")
        wrong |= _wrong_tests({one for all_of in held.values() for one in all_of if is_test(one)})
        wrong |= _wrong_files(Path(folder) / "files") if asked.files else set()
    good = 0
    for number, by in held.items():
        failed = [one for one in by if one in wrong or (one == "edge" and f"edge {number}" in wrong)]
        good += bool(by) and not failed
        for one in failed or ([] if by else ["nothing holds it"]):
            print(f"{number:>3}  {one}")
    print(f"inputs held {good} of {len(NUMBERS)}" + ("" if asked.files else ", hostile files not sent"))
    return 0 if good == len(NUMBERS) else 1


if __name__ == "__main__":
    sys.exit(main())
