"""Tables. Import models from here, so that every table is always defined."""

from quizapp.models.account import PasswordReset, RateLimit, User, UserSession
from quizapp.models.allowance import (
    Accommodation,
    Group,
    GroupMember,
    GroupOverride,
    LearnerOverride,
)
from quizapp.models.attempt import (
    Action,
    Attempt,
    AttemptState,
    Challenge,
    MarkChange,
    Marking,
    Regrade,
    Response,
)
from quizapp.models.base import Base, from_millis, to_millis
from quizapp.models.course import (
    Citation,
    Course,
    Enrolment,
    Fact,
    Passage,
    Role,
    Source,
    Status,
    Term,
    TermKind,
    Topic,
)
from quizapp.models.exam import Exam
from quizapp.models.imports import ImportState, PackageImport
from quizapp.models.job import Job, JobState
from quizapp.models.learning import FitOutcome, MemoryFit
from quizapp.models.memory import (
    MOVES,
    ActKind,
    DayTotal,
    Memory,
    MemoryAct,
    MemoryRules,
    Origin,
    Pause,
    Review,
)
from quizapp.models.question import Question, Quiz, Revision, Slot
from quizapp.models.statistics import ItemTally, QuizTotal

__all__ = [
    "MOVES",
    "Accommodation",
    "ActKind",
    "Action",
    "Attempt",
    "AttemptState",
    "Base",
    "Challenge",
    "Citation",
    "Course",
    "DayTotal",
    "Enrolment",
    "Exam",
    "Fact",
    "FitOutcome",
    "Group",
    "GroupMember",
    "GroupOverride",
    "ImportState",
    "ItemTally",
    "Job",
    "JobState",
    "LearnerOverride",
    "MarkChange",
    "Marking",
    "Memory",
    "MemoryAct",
    "MemoryFit",
    "MemoryRules",
    "Origin",
    "PackageImport",
    "Passage",
    "PasswordReset",
    "Pause",
    "Question",
    "Quiz",
    "QuizTotal",
    "RateLimit",
    "Regrade",
    "Response",
    "Review",
    "Revision",
    "Role",
    "Slot",
    "Source",
    "Status",
    "Term",
    "TermKind",
    "Topic",
    "User",
    "UserSession",
    "from_millis",
    "to_millis",
]
