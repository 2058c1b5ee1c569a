"""What the worker does with files that wait to be opened, at once and nothing else."""

from datetime import timedelta

from matchmaker.models.base import now
from matchmaker.services.mail import jobs
from matchmaker.wiring import Application
from matchmaker.worker import file_openers


def open_files(product: Application) -> None:
    jobs.run_due(product.sessions, file_openers(product), moment=now() + timedelta(minutes=1))
