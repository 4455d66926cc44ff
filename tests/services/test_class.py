"""Who comes into a course, who leaves it, and what is written to one that is archived."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from quizapp.models import (
    Course,
    Enrolment,
    FormerMember,
    GroupMember,
    Invitation,
    InvitationState,
    Job,
    JoinCode,
    Role,
)
from quizapp.queries import class_page
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.joining import courses_left, invited_by, offered_by
from quizapp.services import (
    archiving,
    enrolments,
    invitation_links,
    invitations,
    join_codes,
    membership,
)
from quizapp.services.accounts import join_public_courses
from quizapp.services.invitations import Wanted
from quizapp.services.join_codes import Whose
from quizapp.services.limits import INVITATIONS, JOIN_GUESS_ACCOUNT
from quizapp.services.mail import invitation_letter
from tests.support.make import NOON, Make

SITE = "https://learn.example.org/"
DAY = timedelta(days=1)


@pytest.fixture
def make(session: Session) -> Make:
    return Make(session)


def roles(session: Session, course: Course) -> dict[int, Role]:
    rows = session.execute(
        sa.select(Enrolment.user_id, Enrolment.role).where(Enrolment.course_id == course.id)
    )
    return {row.user_id: row.role for row in rows}


def token_of(letter: invitations.Letter) -> str:
    return letter.body.partition("invited/")[2].split()[0]


def test_a_code_lets_people_in_however_it_is_typed(session: Session, make: Make) -> None:
    course = make.course(is_public=False)
    teacher, newcomer = make.instructor(course), make.user()
    code = join_codes.make_code(session, actor=teacher, whose=Whose(course.id), now=NOON)

    typed = f" {code[:4].lower()}-{code[4:].lower()} "
    joined = join_codes.join_by_code(session, actor=make.actor(newcomer), code=typed, now=NOON)
    again = join_codes.join_by_code(session, actor=make.actor(newcomer), code=code, now=NOON)

    assert (joined, again) == ((course.slug, True), (course.slug, False))
    assert roles(session, course)[newcomer.id] is Role.STUDENT
    assert len(code) == 8
    assert not set(code) & set("01258ABEILOQSUZ")


def test_a_new_code_stops_the_old_one_and_a_course_has_one(session: Session, make: Make) -> None:
    course = make.course()
    teacher = make.instructor(course)
    old, new = (
        join_codes.make_code(session, actor=teacher, whose=Whose(course.id), now=NOON)
        for _ in range(2)
    )

    assert offered_by(session, code=old, now=NOON) is None
    offer = offered_by(session, code=new, now=NOON)
    assert offer is not None
    assert (offer.title, offer.teachers) == (course.title, ("Jonas Weber",))
    assert session.scalar(sa.select(sa.func.count()).select_from(JoinCode)) == 1


def test_a_code_that_is_off_over_or_archived_opens_nothing(session: Session, make: Make) -> None:
    course = make.course()
    teacher = make.instructor(course)
    whose = Whose(course.id)
    code = join_codes.make_code(session, actor=teacher, whose=whose, now=NOON)

    def works() -> bool:
        return offered_by(session, code=code, now=NOON) is not None

    join_codes.switch_code(session, actor=teacher, whose=whose, is_on=False, now=NOON)
    assert not works()
    join_codes.switch_code(session, actor=teacher, whose=whose, is_on=True, now=NOON)
    assert works()
    end = NOON + DAY
    join_codes.end_code(session, actor=teacher, whose=whose, ends_at=end, now=NOON)
    assert offered_by(session, code=code, now=end - timedelta(seconds=1)) is not None
    assert offered_by(session, code=code, now=end) is None
    with pytest.raises(Invalid):
        join_codes.end_code(session, actor=teacher, whose=whose, ends_at=NOON, now=NOON)
    archiving.archive_course(session, actor=teacher, course_id=course.id, now=NOON)
    assert not works()


def test_the_code_of_a_section_puts_people_into_its_group(session: Session, make: Make) -> None:
    course = make.course()
    teacher, newcomer = make.instructor(course), make.user()
    group = make.group(course, name="Monday")
    whose = Whose(course.id, group.id)
    code = join_codes.make_code(session, actor=teacher, whose=whose, now=NOON)

    join_codes.join_by_code(session, actor=make.actor(newcomer), code=code, now=NOON)
    join_codes.join_by_code(session, actor=teacher, code=code, now=NOON)

    members = session.scalars(sa.select(GroupMember.learner_id)).all()
    assert members == [newcomer.id]  # who teaches stays out of it
    assert roles(session, course)[teacher.id] is Role.INSTRUCTOR
    elsewhere = make.group(make.course())
    with pytest.raises(NotFound):
        wrong = Whose(course.id, elsewhere.id)
        join_codes.make_code(session, actor=teacher, whose=wrong, now=NOON)


def test_wrong_codes_are_counted_and_right_ones_are_not(session: Session, make: Make) -> None:
    person = make.learner(make.course())
    who = {"actor": person, "network": "192.0.2.1", "now": NOON}
    for _ in range(JOIN_GUESS_ACCOUNT.tries):
        join_codes.require_guesses(session, **who)
        join_codes.count_guess(session, **who)

    with pytest.raises(LimitReached):
        join_codes.require_guesses(session, **who)
    other = make.learner(make.course())
    join_codes.require_guesses(session, actor=other, network="192.0.2.1", now=NOON)


def test_a_plan_puts_every_address_in_one_place(session: Session, make: Make) -> None:
    course = make.course()
    teacher = make.instructor(course)
    make.learner(course, email="in@x.org")
    make.user(email="elsewhere@x.org")
    first = Wanted("asked@x.org")
    kept = {"actor": teacher, "course_id": course.id, "now": NOON}
    invitations.invite(session, wanted=first, site=SITE, **kept)

    text = "in@x.org\nasked@x.org\nnew@x.org\nelsewhere@x.org\nnobody\nNEW@x.org"
    plan = invitations.plan_invitations(session, wanted=Wanted(text), **kept)

    assert [one.email for one in plan.new] == ["new@x.org", "elsewhere@x.org"]
    assert [one.email for one in plan.members] == ["in@x.org"]
    assert [one.email for one in plan.invited] == ["asked@x.org"]
    assert [(one.email, one.line) for one in plan.doubled] == [("new@x.org", 6)]
    assert [(bad.line, bad.text) for bad in plan.bad] == [(5, "nobody")]
    assert session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 1


def test_nobody_is_in_the_course_before_they_accept(session: Session, make: Make) -> None:
    course = make.course(is_public=False)
    teacher, invited = make.instructor(course), make.user(email="ada@x.org")
    group = make.group(course, name="Monday")
    wanted = Wanted("Ada <ada@x.org>", group_id=group.id)
    kept = {"actor": teacher, "course_id": course.id, "now": NOON}
    invitations.invite(session, wanted=wanted, site=SITE, **kept)
    row = session.scalars(sa.select(Invitation)).one()
    assert invited.id not in roles(session, course)

    letter = invitation_links.make_letter(session, invitation_id=row.id, site=SITE, now=NOON)
    assert letter is not None
    token = token_of(letter)
    offer = invited_by(session, token=token, now=NOON)
    assert offer is not None
    assert (offer.title, offer.group, offer.email) == (course.title, "Monday", "ada@x.org")
    invitation_links.accept(session, actor=make.actor(invited), token=token, now=NOON)

    assert roles(session, course)[invited.id] is Role.STUDENT
    assert session.scalars(sa.select(GroupMember.learner_id)).all() == [invited.id]
    with pytest.raises(NotFound):
        invitation_links.accept(session, actor=make.learner(make.course()), token=token, now=NOON)
    listed = class_page.invitations(session, actor=teacher, course_id=course.id, page=1, now=NOON)
    assert (listed.rows[0].state, listed.rows[0].accepted_by) == ("accepted", "Amara Osei")


def test_a_link_is_kept_as_a_hash_and_fails_when_taken_back_resent_or_late(
    session: Session, make: Make
) -> None:
    course = make.course()
    teacher = make.instructor(course)
    kept = {"actor": teacher, "course_id": course.id, "now": NOON}
    invitations.invite(session, wanted=Wanted("a@x.org"), site=SITE, **kept)
    row = session.scalars(sa.select(Invitation)).one()

    def link() -> str:
        letter = invitation_links.make_letter(session, invitation_id=row.id, site=SITE, now=NOON)
        assert letter is not None
        return token_of(letter)

    first = link()
    session.refresh(row)
    assert first not in str(row.token_hash)
    assert invited_by(session, token=first, now=NOON + 14 * DAY) is None
    invitations.resend(session, invitation_id=row.id, site=SITE, **kept)
    assert invited_by(session, token=first, now=NOON) is None
    second = link()
    assert invited_by(session, token=second, now=NOON) is not None
    invitations.take_back(session, invitation_id=row.id, **kept)
    assert invited_by(session, token=second, now=NOON) is None
    assert invitation_links.make_letter(session, invitation_id=row.id, site=SITE, now=NOON) is None
    jobs = session.scalars(sa.select(Job.payload).where(Job.name == "send_invitation")).all()
    assert jobs == [{"invitation_id": row.id, "site": SITE}] * 2


def test_an_invitation_raises_a_role_and_never_lowers_it(session: Session, make: Make) -> None:
    course = make.course()
    teacher, learner = make.instructor(course), make.learner(course, email="other@x.org")
    kept = {"actor": teacher, "course_id": course.id, "now": NOON}
    for email, role in (("a@x.org", Role.INSTRUCTOR), ("b@x.org", Role.STUDENT)):
        invitations.invite(session, wanted=Wanted(email, role), site=SITE, **kept)
        row = session.scalars(sa.select(Invitation).where(Invitation.email == email)).one()
        letter = invitation_links.make_letter(session, invitation_id=row.id, site=SITE, now=NOON)
        assert letter is not None
        invitation_links.accept(session, actor=learner, token=token_of(letter), now=NOON)

    assert roles(session, course)[learner.id] is Role.INSTRUCTOR


def test_lists_and_days_have_limits_and_a_refused_list_counts_for_nothing(
    session: Session, make: Make
) -> None:
    course = make.course()
    teacher = make.instructor(course)
    kept = {"actor": teacher, "course_id": course.id, "now": NOON}

    def text(start: int, many: int) -> Wanted:
        return Wanted("\n".join(f"s{n}@x.org" for n in range(start, start + many)))

    with pytest.raises(Invalid, match="501 addresses are too many"):
        invitations.plan_invitations(session, wanted=text(0, 501), **kept)
    with pytest.raises(Invalid, match="Paste at least one"):
        invitations.plan_invitations(session, wanted=Wanted(" \n"), **kept)
    for start in (0, 500):
        invitations.invite(session, wanted=text(start, 500), site=SITE, **kept)
    assert INVITATIONS.tries == 1_000
    with pytest.raises(LimitReached, match="1,000 invitations a day"), session.begin_nested():
        invitations.invite(session, wanted=text(2_000, 1), site=SITE, **kept)
    later = {**kept, "now": NOON + DAY}
    assert len(invitations.invite(session, wanted=text(2_000, 1), site=SITE, **later).new) == 1


def test_the_last_instructor_stays_but_for_admins(session: Session, make: Make) -> None:
    course = make.course()
    teacher = make.instructor(course)
    me = {"actor": teacher, "course_id": course.id, "user_id": teacher.id, "is_sure": True}

    with pytest.raises(Conflict, match="needs an instructor"):
        membership.change_role(session, role=Role.STUDENT, **me)
    with pytest.raises(Conflict, match="needs an instructor"):
        membership.remove_member(session, now=NOON, **me)
    with pytest.raises(Conflict, match="needs an instructor"):
        enrolments.leave_course(session, actor=teacher, slug=course.slug, now=NOON)
    admin = make.actor(make.user(is_admin=True))
    membership.change_role(session, role=Role.STUDENT, **{**me, "actor": admin})
    assert roles(session, course) == {teacher.id: Role.STUDENT}


def test_a_colleague_whose_account_is_closed_keeps_no_course_going(
    session: Session, make: Make
) -> None:
    course = make.course()
    teacher = make.instructor(course)
    make.instructor(course, is_disabled=True)

    with pytest.raises(Conflict, match="needs an instructor"):
        enrolments.leave_course(session, actor=teacher, slug=course.slug, now=NOON)


def test_a_guest_never_teaches(session: Session, make: Make) -> None:
    course = make.course()
    teacher, guest = make.instructor(course), make.learner(course, is_guest=True, email=None)
    who = {"actor": teacher, "course_id": course.id, "user_id": guest.id}

    with pytest.raises(NotFound):
        membership.change_role(session, role=Role.INSTRUCTOR, **who)

    assert roles(session, course)[guest.id] is Role.STUDENT


def test_nobody_locks_themselves_out_without_being_asked(session: Session, make: Make) -> None:
    course = make.course()
    one, other = make.instructor(course), make.instructor(course)
    me = {"actor": one, "course_id": course.id, "user_id": one.id}

    with pytest.raises(Conflict, match="about yourself"):
        membership.change_role(session, role=Role.STUDENT, **me)
    with pytest.raises(Conflict, match="about yourself"):
        membership.remove_member(session, now=NOON, **me)
    membership.change_role(session, role=Role.STUDENT, is_sure=True, **me)

    assert roles(session, course) == {one.id: Role.STUDENT, other.id: Role.INSTRUCTOR}


def test_who_was_removed_comes_back_as_they_were(session: Session, make: Make) -> None:
    course = make.course(is_public=False)
    teacher, learner = make.instructor(course), make.learner(course)
    group = make.group(course, learner)
    who = {"actor": teacher, "course_id": course.id, "user_id": learner.id}

    membership.remove_member(session, now=NOON + DAY, **who)
    parts = class_page.class_parts(session, actor=teacher, course_id=course.id, now=NOON)
    assert [(one.id, one.removed_by) for one in parts.former] == [(learner.id, "Jonas Weber")]
    assert learner.id not in roles(session, course)
    with pytest.raises(NotFound):
        gone = actor_for_id(session, learner.id)
        assert gone is not None
        enrolments.return_to_course(session, actor=gone, slug=course.slug, now=NOON + DAY)
    membership.bring_back(session, now=NOON + 2 * DAY, **who)

    enrolment = session.get_one(Enrolment, (learner.id, course.id))
    assert (enrolment.role, enrolment.joined_at) == (Role.STUDENT, NOON)
    assert session.scalars(sa.select(GroupMember.group_id)).all() == [group.id]
    assert session.scalars(sa.select(FormerMember)).all() == []


def test_no_open_invitation_lets_a_removed_person_in_again(session: Session, make: Make) -> None:
    course = make.course(is_public=False)
    teacher, learner = make.instructor(course), make.user(email="ada@x.org")
    kept = {"actor": teacher, "course_id": course.id, "now": NOON}
    wanted = Wanted("ada@x.org\nben@x.org", Role.INSTRUCTOR)
    invitations.invite(session, wanted=wanted, site=SITE, **kept)
    rows = session.scalars(sa.select(Invitation).order_by(Invitation.email)).all()
    letters = [
        invitation_links.make_letter(session, invitation_id=row.id, site=SITE, now=NOON)
        for row in rows
    ]
    make.enrol(learner, course)

    membership.remove_member(session, user_id=learner.id, **kept)

    theirs, other = (token_of(letter) for letter in letters if letter is not None)
    with pytest.raises(NotFound):
        invitation_links.accept(session, actor=make.actor(learner), token=theirs, now=NOON)
    assert learner.id not in roles(session, course)
    assert invited_by(session, token=other, now=NOON) is not None
    listed = class_page.invitations(session, actor=teacher, course_id=course.id, page=1, now=NOON)
    assert [row.state for row in listed.rows] == [InvitationState.OPEN, InvitationState.TAKEN_BACK]


def test_who_leaves_goes_back_within_a_month(session: Session, make: Make) -> None:
    course = make.course(is_public=False)
    make.instructor(course)
    learner = make.learner(course)
    enrolments.leave_course(session, actor=learner, slug=course.slug, now=NOON)
    gone = actor_for_id(session, learner.id)
    assert gone is not None

    assert [one.slug for one in courses_left(session, actor=gone, since=NOON - DAY)] == [
        course.slug
    ]
    with pytest.raises(NotFound):
        late = NOON + 30 * DAY
        enrolments.return_to_course(session, actor=gone, slug=course.slug, now=late)
    enrolments.return_to_course(session, actor=gone, slug=course.slug, now=NOON + 29 * DAY)
    assert roles(session, course)[learner.id] is Role.STUDENT


def test_archiving_a_course_keeps_nobody_from_going_back(session: Session, make: Make) -> None:
    course, gone = make.course(is_public=False), make.course(is_public=False)
    teacher, learner = make.instructor(course), make.user()
    for one in (course, gone):
        make.enrol(learner, one)
        slug = one.slug
        enrolments.leave_course(session, actor=make.actor(learner), slug=slug, now=NOON)
    archiving.archive_course(session, actor=teacher, course_id=course.id, now=NOON)
    gone.hidden_since = NOON
    session.flush()
    person = make.actor(learner)

    listed = courses_left(session, actor=person, since=NOON - DAY)
    enrolments.return_to_course(session, actor=person, slug=course.slug, now=NOON + DAY)

    assert [one.slug for one in listed] == [course.slug]
    assert roles(session, course)[learner.id] is Role.STUDENT
    with pytest.raises(NotFound):
        enrolments.return_to_course(session, actor=person, slug=gone.slug, now=NOON + DAY)


def test_a_code_that_was_over_works_once_it_is_switched_on(session: Session, make: Make) -> None:
    course = make.course()
    teacher, whose = make.instructor(course), Whose(course.id)
    kept = {"actor": teacher, "whose": whose}
    code = join_codes.make_code(session, now=NOON, **kept)
    end = NOON + DAY
    join_codes.end_code(session, ends_at=end, now=NOON, **kept)

    def switch(now: datetime) -> None:
        for is_on in (False, True):
            join_codes.switch_code(session, is_on=is_on, now=now, **kept)

    switch(NOON)
    assert offered_by(session, code=code, now=end) is None  # an end to come stays
    switch(end)
    assert offered_by(session, code=code, now=end) is not None


def test_a_public_course_that_was_left_or_is_archived_is_not_joined_by_itself(
    session: Session, make: Make
) -> None:
    left, old, present = make.course(), make.course(archived_at=NOON), make.course()
    person = make.learner(left)
    enrolments.leave_course(session, actor=person, slug=left.slug, now=NOON)

    join_public_courses(session, user_id=person.id, now=NOON)

    joined = session.scalars(sa.select(Enrolment.course_id)).all()
    assert joined == [present.id]
    with pytest.raises(NotFound):
        enrolments.join_course(session, actor=person, slug=old.slug, now=NOON)


def test_an_archived_course_comes_back_as_it_was(session: Session, make: Make) -> None:
    course = make.course()
    teacher = make.instructor(course)
    archiving.archive_course(session, actor=teacher, course_id=course.id, now=NOON)

    admin = make.user(is_admin=True)
    for person in (teacher.id, admin.id):
        now_them = actor_for_id(session, person)
        assert now_them is not None
        with pytest.raises(Forbidden, match="archived"):
            join_codes.make_code(session, actor=now_them, whose=Whose(course.id), now=NOON)
    assert archiving.unarchive_course(session, actor=teacher, course_id=course.id)
    assert not archiving.unarchive_course(session, actor=teacher, course_id=course.id)
    join_codes.make_code(session, actor=teacher, whose=Whose(course.id), now=NOON)


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Ancient history, part 2", True),
        ("Logic: an introduction.", True),
        ("Win at evil.example", False),
        ("See https://evil.example/x", False),
        ("write to me@evil.example", False),
        ("one\nBcc: two", False),
    ],
)
def test_a_letter_names_no_course_whose_title_leads_anywhere(title: str, named: bool) -> None:
    letter = invitation_letter(email="a@x.org", course=title, token="t" * 43, days=14, site=SITE)

    assert (f"“{title}”" in letter.body) is named
    assert "evil" not in letter.body
    assert f"{SITE}invited/{'t' * 43}\n" in letter.body


def test_what_is_long_over_is_forgotten(session: Session, make: Make) -> None:
    course = make.course()
    kept = {"actor": make.instructor(course), "course_id": course.id, "now": NOON}
    invitations.invite(session, wanted=Wanted("a@x.org"), site=SITE, **kept)

    invitations.purge_invitations(session, now=NOON + 104 * DAY)
    assert session.scalars(sa.select(Invitation.state)).all() == [InvitationState.OPEN]
    invitations.purge_invitations(session, now=NOON + 105 * DAY)
    assert session.scalars(sa.select(Invitation.state)).all() == []
