"""The sentences that scripts say, and those for problems of the API whose answer speaks English only."""

from __future__ import annotations

from server.console.texts import Texts, mark
from server.errors import Problem

SENTENCES = {
    "unreachable": mark(
        "The server cannot be reached. Check the connection, then try again; nothing you entered is lost."
    ),
    "undo": mark("Undo"),
    "passkey_given_up": mark("Nothing came from the passkey. Try again, or take another way."),
    "cancel": mark("Cancel"),
    "try_again": mark("Try again"),
    "upload_waiting": mark("Waiting"),
    "upload_sent": mark("{percent} % sent"),
    "upload_checked": mark("All sent; the server checks it: {percent} %"),
    "upload_paused": mark("Paused at {percent} %. What was sent is kept."),
    "upload_pause": mark("Pause"),
    "upload_resume": mark("Go on"),
    "upload_offline": mark("The link is broken. What was sent is kept; it goes on by itself."),
    "upload_left": mark("{percent} % is here already. Choose the same file again to go on."),
    "dismiss": mark("Put away"),
    "upload_stored": mark("Stored."),
    "upload_cancelled": mark("Cancelled; nothing was kept."),
    "library_chosen": mark("{count} chosen"),
    "library_tag": mark("{count} files have the tag now."),
    "library_untag": mark("The tag was taken away from {count} files."),
    "library_trash": mark("{count} files are in the trash."),
    "library_restore": mark("{count} files are back."),
    "library_still_used": mark("{count} of them are still shown somewhere; there they stay."),
    "span_h": mark("{hours} h {minutes} min"),
    "span_min": mark("{minutes} min {seconds} s"),
    "span_s": mark("{seconds} s"),
    "loop_length": mark("{items} notices, one round lasts {length}"),
    "unsaved": mark("Changes not saved"),
    "saved_state": mark("All changes saved"),
    "saved": mark("Saved. Publish to bring it to the panels."),
    "moved": mark("{title}: now place {place} of {count}"),
    "removed": mark("{title} was removed"),
    "added": mark("{title} was added; {count} notices now"),
    "no_language": mark("“{title}” has no language ticked. Tick at least one, or remove it."),
    "edit": mark("Edit"),
    "apply_fix": mark("Do that"),
    "entry_moved": mark("Moved. Publish to bring it to the panels."),
    "entry_moved_once": mark("Moved on this day only. Publish to bring it to the panels."),
    "entry_skipped": mark("Left out on this day. Publish to bring it to the panels."),
    "entry_deleted": mark("The entry was deleted. Publish to take it off the panels."),
    "entry_other_panel": mark("An entry changes its panels in its form."),
    "entry_only_this_day": mark("This rule names dates. Move this day only, or edit the entry."),
    "entry_too_short": mark("An entry lasts at least half an hour here; its form can make it shorter."),
    "no_passkey": mark("None of your passkeys counts for this. Sign with a key in a file, or have a root name yours."),
    "no_passkeys_here": mark(
        "No passkeys in this browser here. Open the page over https, or sign with a key in a file."
    ),
    "other_bytes": mark(
        "The server asks to sign other bytes than it shows. Nothing was signed; tell an administrator."
    ),
    "not_signed": mark("Nothing was signed. Try again when the passkey is at hand."),
    "no_notice": mark("No notice is ticked. Tick at least one."),
    "frame_count": mark("{count} different pictures"),
    "frame_at": mark("Picture at {seconds} s"),
    "no_root_file": mark("This file is no root document. Choose the one that `bangtin root` wrote."),
    "no_site": mark("No site is ticked. Tick at least one."),
    "no_weekday": mark("These hours have no weekday ticked. Tick at least one, or remove them."),
    "ends_at": mark("Ends on its own: {when}."),
    "no_target": mark("No panel, site or tag is ticked. Tick one, or choose all panels."),
    "row_removed": mark("Removed. Save to keep it so."),
    "until_missing": mark("Give the time until which it counts, or choose another length."),
    "board_told": mark("Said. The panels are being told."),
    "emergency_no_word": mark("Choose what has happened."),
    "emergency_no_words": mark("Write the heading in all three languages."),
    "emergency_nowhere": mark("Choose where it is shown."),
    "emergency_everywhere": mark("everywhere"),
    "emergency_is_real": mark("REAL: passers-by will act on it."),
    "emergency_is_drill": mark("DRILL: the frame DIỄN TẬP / EXERCISE / 演习 stands around it on the panels."),
    "emergency_shows": mark(
        "“{title}” appears within a second, in three languages. Panels: {count} ({where}). Everything else makes way."
    ),
    "emergency_until": mark("It ends by itself on {until}. You can end it earlier or give the all clear at any time."),
    "emergency_one": mark("Your signature is enough."),
    "emergency_two": mark("You sign first; it appears once a second duty officer has signed too."),
    "emergency_without": mark("Not on these, which lack the released pictures: {names}."),
    "emergency_sign": mark("Sign and show now"),
    "emergency_sign_drill": mark("Sign and begin the drill"),
    "emergency_sign_first": mark("Sign as the first of two"),
    "board_made": mark("The status board was made. Put its notice into a playlist and publish."),
    "publishing_waiting": mark("Asked for. Segments are being prepared."),
    "led_plays": mark("What the panel plays"),
    "led_stage": mark("Picture of the panel; it can be scrolled when it is larger than this place"),
    "led_pixels": mark("Panel pixels"),
    "led_whole": mark("Whole width"),
    "led_distance": mark("From a distance"),
    "led_dots": mark("LED dots"),
    "led_again": mark("From the start"),
    "led_how_far": mark("Distance"),
    "led_metres": mark("{metres} m"),
    "led_melt": mark("At this distance the dots melt together."),
    "led_no_pitch": mark("The panel's pitch is not known; {mm} mm is taken."),
    "unsaved_kept": mark("Not saved yet; kept in this browser"),
    "notice_saved": mark("Saved. It reaches the panels when a playlist that holds it is published."),
    "fixed": mark("Done. Look at it, then save."),
    "advice_dismissed": mark("This is not said again for this revision."),
    "row_dropped": mark("The line was taken out of all languages."),
    "picture_dropped": mark("The picture was taken out."),
    "album_has_it": mark("This picture is in the album already."),
    "where_to_insert": mark("Tap the place in the text first, then insert."),
    "subtitles_too_large": mark("This file is too large for subtitles; choose an SRT or VTT file."),
    "values": mark("Values"),
    "other_part": mark("Other particulars"),
    "yours": mark("Yours"),
    "theirs": mark("Theirs"),
    "nothing": mark("(nothing)"),
    "chosen": mark("{count} chosen"),
    "form_kept": mark("No link: kept on this phone, and sent as soon as there is one."),
    "outbox_waiting": mark("Waiting to be sent ({count})"),
    "outbox_sent": mark("Sent: {count}"),
    "outbox_no_link": mark(
        "No link to the server. The page is as of {when}; what you write is kept on this phone and sent later."
    ),
    "outbox_login": mark("Log in, so that what waits on this phone can be sent. The page is as of {when}."),
    "outbox_logout": mark(
        "{count} forms wait on this phone and were not sent. They stay here until you log in again. Log out?"
    ),
    "outbox_full": mark(
        "No link, and this browser cannot keep it: no room is left, or it keeps nothing. What you wrote stays here."
    ),
}
PROBLEMS = {
    "wrong-login": mark("User name or password is wrong, or the account is closed."),
    "too-many-tries": mark("Too many wrong tries. Wait a little, then try again."),
    "unauthenticated": mark("You are logged out. Log in again."),
    "wrong-password": mark("The old password is not right. Nothing was changed."),
    "password-change-needed": mark("Choose a password of your own first."),
    "forbidden": mark("Your role does not allow this."),
    "foreign-origin": mark("This request came from another site and was refused. Open the console itself."),
    "not-found": mark("There is no such thing here, or it is not yours to see."),
    "swap-not-confirmed": mark("The panel does not confirm the swap yet; look at the steps that wait."),
    "order-closed": mark("This work order is closed; make another one."),
    "order-started": mark("The work on this order has begun already."),
    "stale": mark("Somebody else changed this since you opened it. Reload it, then make your change again."),
    "own-words": mark("You wrote these words yourself. Ask another person to read and approve them."),
    "phrase-exists": mark("The phrase book has this short name already; choose another."),
    "unknown-phrase": mark("A phrase of this board is not in the phrase book. Write it there first."),
    "values-outside-range": mark("The board cannot show this value. Choose one within its range."),
    "values-wrong-kind": mark("The board cannot show this value. Choose one within its range."),
    "values-not-settable": mark("This part of the board shows itself and cannot be stated."),
    "values-unknown-slot": mark("The board has no such part. Reload the page."),
    "not-newest": mark("Only the newest change can be undone. Look at what was changed since."),
    "board-archived": mark("This board is archived. Restore it before you state values."),
    "code-used-twice": mark("Two computers used this code, so nobody gets in with it. Let the kiosk in again first."),
    "nobody-waits": mark("No computer waits to become this kiosk. Type a new code on it."),
    "another-key": mark("Another computer waits than the one you looked at. Reload, and compare the words again."),
    "kiosk-revoked": mark("This kiosk was shut out. Make a new kiosk for the panel."),
    "no-panel": mark("This kiosk drives no panel, so there is nothing to take over."),
    "slug-taken": mark("This short name is taken; choose another."),
    "username-taken": mark("This user name is taken; choose another."),
    "agency-missing": mark("Only an administrator can do without an agency; choose one."),
    "agency-closed": mark("This agency is closed; nothing new can be made for it."),
    "own-account": mark("You cannot shut yourself out; ask another administrator."),
    "last-administrator": mark("This is the last administrator; make another one first."),
    "invalid-request": mark("Something in the form is missing or not of its form. Check the fields, then try again."),
    "daypart-in-use": mark("Entries use this daypart. Change or remove these first, then archive it."),
    "daypart-archived": mark("This daypart is in the archive. Take it back first."),
    "playlist-archived": mark("This playlist is in the archive. Take it back first, or choose another."),
    "playlist-in-use": mark("This playlist is scheduled. Take it off there, then archive it."),
    "entry-deleted": mark("This entry was deleted. Take it back before you change it."),
    "invalid-end": mark("The end must lie after the beginning, in the future, and not too far away."),
    "override-ended": mark("This is over already."),
    "essential-only-ended": mark("This is over already."),
    "no-place": mark("Hours that follow the sun need to know where the site lies. Write its place first."),
    "wrong-year": mark("A date lies in another year. Write it into its own year."),
    "no-one-zone": mark("The chosen panels lie in different time zones. Choose panels of one zone."),
    "unreadable-calendar": mark("This file is no iCalendar. Export it again as .ics and choose that file."),
    "too-many-uploads": mark("You have too many unfinished uploads. End some first."),
    "upload-checking": mark("This file is being checked. Wait a little."),
    "tag-missing": mark("Write at least one tag."),
    "right-unknown": mark("Say by which right this is shown, before you say until when."),
    "weak-password": mark(
        "This password would be guessed soon: it is common, or made of your name, a date or a row of keys. "
        "Take four or five words that have nothing to do with each other."
    ),
    "same-password": mark("That is the old password. Choose another one."),
    "email-taken": mark("This e-mail address belongs to another account."),
    "invitation-taken": mark("This person has a password. If it is lost, ask for a reset."),
    "reset-waits": mark("A reset of this person waits already. Another administrator confirms it."),
    "reset-over": mark("This is decided or over. Ask anew if it is still needed."),
    "two-administrators": mark(
        "Whoever asked for a reset, or gets it, cannot confirm it. Another administrator has to."
    ),
    "too-many-tokens": mark("You have too many tokens. End one first."),
    "wrong-factor": mark("This code or passkey was not accepted. Try again, or another way."),
    "login-over": mark("This took too long. Begin again with your password."),
    "factor-needed": mark("Confirm first that it is you, then do this again."),
    "factor-missing": mark("Your role needs a second factor. Add one under My account first."),
    "authenticators-missing": mark("Whoever signs needs two authenticators. Add another one under My account."),
    "last-factor": mark("Your role needs an authenticator. Add another one before you remove this."),
    "passkey-known": mark("This passkey is enrolled already."),
    "wrong-passkey": mark("The browser's answer holds no passkey for this server. Try again."),
    "too-many-passkeys": mark("Too many passkeys are enrolled. Remove one first."),
    "totp-known": mark("An authenticator app is enrolled already. Remove it first."),
    "totp-not-begun": mark("This took too long. Ask for a new picture first."),
    "no-passkeys-here": mark("Browsers make passkeys for names only. Open the console by its name, not by a number."),
    "no-device-codes": mark("You hold an authenticator. Use it on the other device."),
    "token-not-enough": mark("A person has to do this; a program's token is not enough."),
    "no-kiosk": mark("No kiosk is enrolled behind this panel yet."),
    "no-panels": mark("You have no panel to publish. Add one first."),
    "notice-archived": mark("This notice is in the archive. Take it back first."),
    "internal": mark("Something went wrong here, and it was written to the server's log. Try again in a minute."),
    "unreachable": mark(
        "The server cannot be reached. Check the connection, then try again; nothing you entered is lost."
    ),
}


def collect(texts: Texts) -> dict[str, object]:
    """Return what a page's scripts need to speak its language."""
    return {
        "language": texts.language.value,
        "sentences": {name: texts.say(sentence) for name, sentence in SENTENCES.items()},
        "problems": {code: texts.say(sentence) for code, sentence in PROBLEMS.items()},
    }


def sentence_of(texts: Texts, problem: Problem | None) -> str:
    """Return what people shall read of a problem: its own sentence in their language, the code's, or its detail."""
    if problem is None:
        unknown = PROBLEMS["not-found"]
        return texts.say(unknown)
    own = problem.sentences.get(texts.language)
    if own is not None:
        return own
    by_code = PROBLEMS.get(problem.code)
    return texts.say(by_code) if by_code is not None else problem.detail
