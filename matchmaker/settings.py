"""Typed settings from environment variables `MATCHMAKER_*`; every default works on a laptop with no service."""

import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit
from zoneinfo import available_timezones

from pydantic import Field, FilePath, SecretStr, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

UNIX: Final = "unix"  # a proxy that comes through a socket of the file system and so has no address
Networks: TypeAlias = tuple[IPv4Network | IPv6Network | Literal["unix"], ...]
_EVERY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not listened on


class Settings(BaseSettings):
    """All settings. Field names in upper case after `MATCHMAKER_` are the variables' names; a secret may also stand in
    a file of that name in lower case, where systemd or a container puts credentials.
    """

    model_config = SettingsConfigDict(env_prefix="MATCHMAKER_", env_file=".env", extra="ignore", frozen=True)

    data: Path = Field(Path("instance"), description="Folder of database, index and files; made on first use")
    database_url: SecretStr | None = Field(
        None, description="sqlite:///… or postgresql+psycopg://…; default in DATA"
    )
    engine: Literal["tantivy", "elasticsearch"] = Field("tantivy", description="Search engine")
    columns: Literal["process", "engine"] = Field(
        "process",
        description="Who judges all suppliers: each process in its memory, or Elasticsearch, for a cluster",
    )
    elasticsearch_url: str = Field(
        "http://127.0.0.1:9200",
        description="Address of Elasticsearch, or of several nodes with commas between",
    )
    elasticsearch_api_key: SecretStr | None = Field(None, description="API key of Elasticsearch")
    elasticsearch_ca_file: FilePath | None = Field(
        None, description="Certificates of those who vouch for Elasticsearch's own, PEM"
    )
    elasticsearch_shards: int = Field(1, ge=1, le=1024, description="Parts of an index made from now on")
    elasticsearch_replicas: int | None = Field(
        None, ge=0, le=20, description="Copies of an index; default: one as soon as there is a second node"
    )
    elasticsearch_prefix: str = Field("matchmaker", description="Prefix of index names and aliases")
    elasticsearch_timeout: float = Field(1.0, gt=0, description="Seconds to wait for Elasticsearch")
    secret_key: SecretStr | None = Field(
        None, description="Signs sessions and links; made and kept in DATA if absent"
    )
    language: Literal["ru", "en"] = Field(
        "en", description="Language of the command line and default of the site"
    )
    time_zone: str = Field(
        "Europe/Moscow", description="Time zone of the centre, as the IANA database names it"
    )
    host: str = Field("127.0.0.1", description="Address that the site listens on")
    port: int = Field(8000, ge=0, le=65535, description="Port that the site listens on")
    base_url: str | None = Field(None, description="Public address of the site, used in e-mails")
    trusted_proxies: str = Field(
        "", description="Proxies in front of the site: addresses and networks with commas between, or unix"
    )
    webhook_hosts: str = Field(
        "",
        description="Hosts of one's own network that may be told of events, or be a neighbour's site, with commas between",
    )
    trusted_hosts: str = Field("", description="More names by which the site is called, with commas between")
    centre: str = Field("centre", pattern=r"^[a-z0-9-]{1,40}$", description="Code of the home centre")
    registration: Literal["open", "invitation"] = Field("open", description="Who may register")
    design: bool = Field(False, description="Show the parts of the pages at /design, as the demo does")
    require_totp: bool = Field(False, description="Operators must have a second factor")
    limits: float = Field(
        1.0,
        gt=0,
        le=1000,
        description="Factor of all limits on requests, for large networks and for load tests",
    )
    list_mb: int = Field(
        20,
        ge=1,
        le=50,
        description="Largest list that an import reads, in MB: a workbook, or a text with separators",
    )
    list_rows: int = Field(
        500_000,
        ge=1_000,
        le=1_048_576,
        description="Most rows of a workbook that an import reads; of a thousand bytes and ten cells each at most",
    )
    secure_cookies: bool = Field(False, description="Send cookies over https only")
    mail_url: SecretStr | None = Field(
        None, description="smtp://user:password@host:port; default: a folder in DATA"
    )
    mail_from: str = Field("matchmaker@localhost", description="Sender of e-mails")
    mail_in: str = Field(
        "",
        description="Address at which letters are taken; what follows a plus in it reaches the same mailbox",
    )
    mail_in_url: SecretStr | None = Field(
        None, description="imaps://user:password@host/FOLDER that is looked into every minute"
    )
    backups: Path | None = Field(
        None, description="Folder of backups; `matchmaker doctor` looks at their age"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What the log holds")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="JSON lines, or text; auto: text on a terminal"
    )
    metrics_token: SecretStr | None = Field(
        None, description="Lets /metrics be read from other machines: Authorization: Bearer …"
    )
    contract_model: FilePath | None = Field(
        None, description="The centre's own model of the agreement that is made from an award, YAML"
    )
    guides: Path | None = Field(
        None, description="A folder of the centre's own guides, checklists and model agreements"
    )
    map_outlines: Path | None = Field(None, description="GeoJSON of region outlines drawn on the map")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - made below, with the folders of this moment
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        secrets = SecretsSettingsSource(settings_cls, secrets_dir=_secret_folders())
        return init_settings, env_settings, dotenv_settings, secrets

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("no such time zone; use a name like Europe/Moscow or Asia/Omsk")
        return name

    @field_validator("columns")
    @classmethod
    def _able_engine(cls, given: str, others: ValidationInfo) -> str:
        if given == "engine" and others.data.get("engine") != "elasticsearch":
            raise ValueError(
                "only Elasticsearch judges suppliers; set MATCHMAKER_ENGINE=elasticsearch, or use process"
            )
        return given

    @field_validator("elasticsearch_url")
    @classmethod
    def _known_addresses(cls, given: str) -> str:
        for address in _listed(given) or [given]:
            parts = urlsplit(address)
            if parts.scheme not in {"http", "https"} or not parts.hostname or not _port(parts):
                told = re.sub(r"(?<=://)[^/@]*@", "", address)
                raise ValueError(
                    f"{told!r} is no address; write http:// or https://, the host and the port: http://127.0.0.1:9200"
                )
        return given

    @property
    def elasticsearch_addresses(self) -> tuple[str, ...]:
        """The addresses of the nodes of Elasticsearch."""
        return tuple(_listed(self.elasticsearch_url))

    @field_validator("trusted_proxies")
    @classmethod
    def _known_networks(cls, given: str) -> str:
        try:
            _networks(given)
        except ValueError as error:
            raise ValueError(f"{error}; use addresses and networks like 127.0.0.1, 10.0.0.0/8") from error
        return given

    @property
    def proxies(self) -> Networks:
        """The proxies whose word on a visitor's address counts."""
        return _networks(self.trusted_proxies)

    @property
    def host_names(self) -> list[str]:
        """The names by which the site may be called: its public one, the one it listens on, those of the machine."""
        public = urlsplit(self.base_url).hostname if self.base_url else None
        own = () if self.host in _EVERY_ADDRESS else (self.host,)
        named = (public, *own, *_listed(self.trusted_hosts), "127.0.0.1", "localhost")
        return list(dict.fromkeys(name for name in named if name))

    @property
    def webhook_names(self) -> frozenset[str]:
        """The hosts of one's own network that may be told of events, or be a neighbour's site."""
        return frozenset(_listed(self.webhook_hosts))

    @property
    def https(self) -> bool:
        """Whether visitors reach the site over https."""
        return (self.base_url or "").lower().startswith("https://")

    def public(self) -> dict[str, str]:
        """The settings by their variables, without secrets and without passwords in addresses."""
        shown = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is not None and not isinstance(value, SecretStr):
                shown[f"MATCHMAKER_{name.upper()}"] = re.sub(r"(?<=://)[^/@]*@", "", str(value))
        return shown

    @property
    def database(self) -> str:
        """The database address, by default an SQLite file in the data folder."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data / 'matchmaker.sqlite3').absolute()}"


def _secret_folders() -> list[Path]:
    """The folders of systemd's credentials and of a container's secrets, where they are."""
    named = (os.environ.get("CREDENTIALS_DIRECTORY"), "/run/secrets")
    return [Path(folder) for folder in named if folder and Path(folder).is_dir()]


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None


def _listed(given: str) -> list[str]:
    return [entry.strip() for entry in given.split(",") if entry.strip()]


def _networks(given: str) -> Networks:
    return tuple(UNIX if entry == UNIX else ip_network(entry, strict=False) for entry in _listed(given))
