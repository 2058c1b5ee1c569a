PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO alembic_version VALUES('0012');
CREATE TABLE audit_entry (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR(300) NOT NULL, 
	action VARCHAR(100) NOT NULL, 
	object_kind VARCHAR(20) NOT NULL, 
	object_id VARCHAR(100) NOT NULL, 
	centre VARCHAR(40), 
	details JSON NOT NULL, 
	previous_hash VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit_entry PRIMARY KEY (id), 
	CONSTRAINT uq_audit_entry_hash UNIQUE (hash)
);
CREATE TABLE centre (
	id INTEGER NOT NULL, 
	code VARCHAR(40) NOT NULL, 
	name_ru VARCHAR(300), 
	name_en VARCHAR(300), 
	contacts JSON NOT NULL, 
	details JSON NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_centre PRIMARY KEY (id), 
	CONSTRAINT uq_centre_code UNIQUE (code), 
	CONSTRAINT uq_centre_public_id UNIQUE (public_id)
);
CREATE TABLE index_state (
	id INTEGER NOT NULL, 
	stamp INTEGER NOT NULL, 
	taxonomy VARCHAR(40), 
	CONSTRAINT pk_index_state PRIMARY KEY (id), 
	CONSTRAINT ck_index_state_single CHECK (id = 1)
);
CREATE TABLE indexed_document (
	"key" VARCHAR(16) NOT NULL, 
	revision INTEGER NOT NULL, 
	stamp INTEGER NOT NULL, 
	body BLOB, 
	CONSTRAINT pk_indexed_document PRIMARY KEY ("key")
);
CREATE TABLE job (
	id INTEGER NOT NULL, 
	kind VARCHAR(100) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	arguments JSON NOT NULL, 
	result JSON, 
	done INTEGER NOT NULL, 
	total INTEGER, 
	attempts INTEGER NOT NULL, 
	due_at DATETIME NOT NULL, 
	heartbeat_at DATETIME, 
	error TEXT, 
	public_id VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_job PRIMARY KEY (id), 
	CONSTRAINT ck_job_state CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')), 
	CONSTRAINT uq_job_public_id UNIQUE (public_id)
);
CREATE TABLE mail (
	id INTEGER NOT NULL, 
	message_id VARCHAR(200) NOT NULL, 
	recipient VARCHAR(300) NOT NULL, 
	language VARCHAR(2) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	text TEXT NOT NULL, 
	html TEXT, 
	state VARCHAR(20) NOT NULL, 
	attempts INTEGER NOT NULL, 
	due_at DATETIME NOT NULL, 
	sent_at DATETIME, 
	error VARCHAR(300), 
	public_id VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, leave TEXT, 
	CONSTRAINT pk_mail PRIMARY KEY (id), 
	CONSTRAINT ck_mail_state CHECK (state IN ('waiting', 'sent', 'dead')), 
	CONSTRAINT uq_mail_message_id UNIQUE (message_id), 
	CONSTRAINT uq_mail_public_id UNIQUE (public_id)
);
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	"key" VARCHAR(16) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	attempts INTEGER NOT NULL, 
	due_at DATETIME NOT NULL, 
	taken_by VARCHAR(32), 
	error VARCHAR(300), 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT ck_outbox_state CHECK (state IN ('waiting', 'taken', 'dead'))
);
CREATE TABLE user_account (
	id INTEGER NOT NULL, 
	email VARCHAR(300) NOT NULL, 
	email_key VARCHAR(300) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	password_hash VARCHAR(300), 
	language VARCHAR(2) NOT NULL, 
	active BOOLEAN NOT NULL, 
	confirmed_at DATETIME, 
	epoch INTEGER NOT NULL, 
	totp_secret VARCHAR(300), 
	recovery_codes JSON NOT NULL, 
	consents JSON NOT NULL, 
	preferences JSON NOT NULL, 
	revision INTEGER NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, totp_step INTEGER, 
	CONSTRAINT pk_user_account PRIMARY KEY (id), 
	CONSTRAINT ck_user_account_language CHECK (language IN ('ru', 'en')), 
	CONSTRAINT uq_user_account_email_key UNIQUE (email_key), 
	CONSTRAINT uq_user_account_public_id UNIQUE (public_id)
);
CREATE TABLE organisation (
	id INTEGER NOT NULL, 
	centre_id INTEGER NOT NULL, 
	external_id VARCHAR(100), 
	inn VARCHAR(12), 
	name_ru VARCHAR(300), 
	name_en VARCHAR(300), 
	sort_ru VARCHAR(300) NOT NULL, 
	sort_en VARCHAR(300) NOT NULL, 
	search_key TEXT NOT NULL, 
	region VARCHAR(300), 
	region_code VARCHAR(100), 
	city VARCHAR(300), 
	address VARCHAR(300), 
	latitude FLOAT, 
	longitude FLOAT, 
	is_contractor BOOLEAN NOT NULL, 
	blocked BOOLEAN NOT NULL, 
	source VARCHAR(300), 
	details JSON NOT NULL, 
	revision INTEGER NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_organisation PRIMARY KEY (id), 
	CONSTRAINT ck_organisation_latitude CHECK (latitude BETWEEN -90 AND 90), 
	CONSTRAINT ck_organisation_longitude CHECK (longitude BETWEEN -180 AND 180), 
	CONSTRAINT ck_organisation_named CHECK (name_ru IS NOT NULL OR name_en IS NOT NULL), 
	CONSTRAINT fk_organisation_centre_id FOREIGN KEY(centre_id) REFERENCES centre (id), 
	CONSTRAINT uq_organisation_centre_id_external_id UNIQUE (centre_id, external_id), 
	CONSTRAINT uq_organisation_public_id UNIQUE (public_id)
);
CREATE TABLE user_session (
	id INTEGER NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	started_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	address VARCHAR(300), 
	agent VARCHAR(300), 
	CONSTRAINT pk_user_session PRIMARY KEY (id), 
	CONSTRAINT fk_user_session_user_id FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT uq_user_session_token_hash UNIQUE (token_hash)
);
CREATE TABLE membership (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	role VARCHAR(30) NOT NULL, 
	centre_id INTEGER, 
	organisation_id INTEGER, 
	state VARCHAR(20) NOT NULL, 
	chief BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_membership PRIMARY KEY (id), 
	CONSTRAINT ck_membership_role CHECK (role IN ('supplier_editor', 'contractor_buyer', 'operator', 'centre_administrator', 'network_administrator')), 
	CONSTRAINT ck_membership_state CHECK (state IN ('active', 'asked', 'refused')), 
	CONSTRAINT fk_membership_centre_id FOREIGN KEY(centre_id) REFERENCES centre (id), 
	CONSTRAINT fk_membership_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisation (id), 
	CONSTRAINT fk_membership_user_id FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT uq_membership_user_id_role_centre_id_organisation_id UNIQUE (user_id, role, centre_id, organisation_id)
);
CREATE TABLE need (
	id INTEGER NOT NULL, 
	centre_id INTEGER NOT NULL, 
	external_id VARCHAR(100) NOT NULL, 
	contractor_id INTEGER, 
	state VARCHAR(20) NOT NULL, 
	closed_why VARCHAR(300), 
	title VARCHAR(300), 
	text TEXT, 
	sort_key VARCHAR(300) NOT NULL, 
	contractor_given JSON, 
	region VARCHAR(300), 
	city VARCHAR(300), 
	latitude FLOAT, 
	longitude FLOAT, 
	quantity INTEGER, 
	deliver_by DATE, 
	requirements JSON NOT NULL, 
	strictness JSON NOT NULL, 
	updated DATE, 
	reach VARCHAR(20) NOT NULL, 
	disclosure VARCHAR(20) NOT NULL, 
	channel VARCHAR(20), 
	kind VARCHAR(20), 
	quotes_until DATETIME, 
	most_invited INTEGER, 
	details JSON NOT NULL, 
	content_hash VARCHAR(32), 
	source VARCHAR(300), 
	published_at DATETIME, 
	revision INTEGER NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, quotes_sealed BOOLEAN DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_need PRIMARY KEY (id), 
	CONSTRAINT ck_need_channel CHECK (channel IN ('portal', 'phone', 'e-mail', 'visit', 'fair', 'centre', 'file')), 
	CONSTRAINT ck_need_disclosure CHECK (disclosure IN ('open', 'name-hidden', 'nda', 'invited')), 
	CONSTRAINT ck_need_kind CHECK (kind IN ('overflow', 'specialised')), 
	CONSTRAINT ck_need_reach CHECK (reach IN ('centre', 'chosen', 'network')), 
	CONSTRAINT ck_need_state CHECK (state IN ('draft', 'submitted', 'published', 'shortlisting', 'negotiation', 'contracted', 'completed', 'closed', 'expired')), 
	CONSTRAINT ck_need_quantity CHECK (quantity > 0), 
	CONSTRAINT ck_need_said CHECK (title IS NOT NULL OR text IS NOT NULL), 
	CONSTRAINT fk_need_centre_id FOREIGN KEY(centre_id) REFERENCES centre (id), 
	CONSTRAINT fk_need_contractor_id FOREIGN KEY(contractor_id) REFERENCES organisation (id), 
	CONSTRAINT uq_need_centre_id_external_id UNIQUE (centre_id, external_id), 
	CONSTRAINT uq_need_public_id UNIQUE (public_id)
);
CREATE TABLE organisation_alias (
	id INTEGER NOT NULL, 
	organisation_id INTEGER NOT NULL, 
	centre_id INTEGER NOT NULL, 
	external_id VARCHAR(100) NOT NULL, 
	content_hash VARCHAR(32), 
	source VARCHAR(300), 
	CONSTRAINT pk_organisation_alias PRIMARY KEY (id), 
	CONSTRAINT fk_organisation_alias_centre_id FOREIGN KEY(centre_id) REFERENCES centre (id), 
	CONSTRAINT fk_organisation_alias_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisation (id), 
	CONSTRAINT uq_organisation_alias_centre_id_external_id UNIQUE (centre_id, external_id)
);
CREATE TABLE site (
	id INTEGER NOT NULL, 
	organisation_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	kind VARCHAR(20), 
	name VARCHAR(300), 
	address VARCHAR(300), 
	region_code VARCHAR(100), 
	city VARCHAR(300), 
	latitude FLOAT, 
	longitude FLOAT, 
	CONSTRAINT pk_site PRIMARY KEY (id), 
	CONSTRAINT fk_site_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisation (id)
);
CREATE TABLE capability (
	id INTEGER NOT NULL, 
	profile_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	process VARCHAR(300) NOT NULL, 
	process_codes JSON NOT NULL, 
	level VARCHAR(20), 
	materials JSON NOT NULL, 
	material_codes JSON NOT NULL, 
	envelope_mm JSON, 
	diameter_mm FLOAT, 
	length_mm FLOAT, 
	sheet_thickness_mm FLOAT, 
	max_mass_kg FLOAT, 
	tolerance_it INTEGER, 
	roughness_ra_um FLOAT, 
	lot_min INTEGER, 
	lot_max INTEGER, 
	lead_time_days INTEGER, 
	note VARCHAR(300), 
	details JSON NOT NULL, 
	CONSTRAINT pk_capability PRIMARY KEY (id), 
	CONSTRAINT ck_capability_level CHECK (level IN ('core', 'supplementary', 'bought-out')), 
	CONSTRAINT ck_capability_lot CHECK (lot_min <= lot_max), 
	CONSTRAINT ck_capability_tolerance_it CHECK (tolerance_it BETWEEN 1 AND 18), 
	CONSTRAINT fk_capability_profile_id FOREIGN KEY(profile_id) REFERENCES profile (id)
);
CREATE TABLE certificate (
	id INTEGER NOT NULL, 
	profile_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	standard VARCHAR(300) NOT NULL, 
	standard_code VARCHAR(100), 
	status VARCHAR(20) NOT NULL, 
	number VARCHAR(300), 
	body VARCHAR(300), 
	accreditation VARCHAR(300), 
	issued DATE, 
	valid_until DATE, 
	scope TEXT, 
	verified BOOLEAN NOT NULL, 
	verified_at DATETIME, 
	verified_by_id INTEGER, 
	verified_how VARCHAR(300), 
	evidence TEXT, 
	suspended_at DATETIME, 
	suspended_why VARCHAR(300), 
	public_id VARCHAR(16) NOT NULL, since DATETIME, fell_at DATETIME, 
	CONSTRAINT pk_certificate PRIMARY KEY (id), 
	CONSTRAINT ck_certificate_status CHECK (status IN ('implementing', 'certified', 'suspended')), 
	CONSTRAINT ck_certificate_dates CHECK (issued <= valid_until), 
	CONSTRAINT fk_certificate_profile_id FOREIGN KEY(profile_id) REFERENCES profile (id), 
	CONSTRAINT fk_certificate_verified_by_id FOREIGN KEY(verified_by_id) REFERENCES user_account (id), 
	CONSTRAINT uq_certificate_public_id UNIQUE (public_id)
);
CREATE TABLE decision (
	id INTEGER NOT NULL, 
	need_id INTEGER NOT NULL, 
	profile_id INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	reason VARCHAR(300), 
	reason_code VARCHAR(100), 
	note TEXT, 
	at DATETIME NOT NULL, 
	at_given VARCHAR(40), 
	by_id INTEGER, 
	source VARCHAR(300), 
	content_hash VARCHAR(32), 
	recorded_at DATETIME NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_decision PRIMARY KEY (id), 
	CONSTRAINT ck_decision_kind CHECK (kind IN ('approved', 'rejected', 'invited', 'interested', 'declined', 'quoted', 'contracted', 'lost')), 
	CONSTRAINT fk_decision_by_id FOREIGN KEY(by_id) REFERENCES user_account (id), 
	CONSTRAINT fk_decision_need_id FOREIGN KEY(need_id) REFERENCES need (id), 
	CONSTRAINT fk_decision_profile_id FOREIGN KEY(profile_id) REFERENCES profile (id), 
	CONSTRAINT uq_decision_content_hash UNIQUE (content_hash), 
	CONSTRAINT uq_decision_public_id UNIQUE (public_id)
);
CREATE TABLE equipment (
	id INTEGER NOT NULL, 
	profile_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	type VARCHAR(300), 
	type_codes JSON NOT NULL, 
	quantity INTEGER, 
	year INTEGER, 
	maker VARCHAR(300), 
	cnc BOOLEAN, 
	axes INTEGER, 
	spare_hours_per_month FLOAT, 
	details JSON NOT NULL, envelope_mm JSON, diameter_mm FLOAT, length_mm FLOAT, max_mass_kg FLOAT, tolerance_it INTEGER, 
	CONSTRAINT pk_equipment PRIMARY KEY (id), 
	CONSTRAINT ck_equipment_quantity CHECK (quantity > 0), 
	CONSTRAINT fk_equipment_profile_id FOREIGN KEY(profile_id) REFERENCES profile (id)
);
CREATE TABLE fact (
	id INTEGER NOT NULL, 
	profile_id INTEGER NOT NULL, 
	field VARCHAR(100) NOT NULL, 
	source VARCHAR(300), 
	evidence TEXT, 
	stated_on DATE, 
	verified_on DATE, 
	verified_by_id INTEGER, 
	half_life_days INTEGER, 
	CONSTRAINT pk_fact PRIMARY KEY (id), 
	CONSTRAINT ck_fact_half_life_days CHECK (half_life_days > 0), 
	CONSTRAINT fk_fact_profile_id FOREIGN KEY(profile_id) REFERENCES profile (id), 
	CONSTRAINT fk_fact_verified_by_id FOREIGN KEY(verified_by_id) REFERENCES user_account (id), 
	CONSTRAINT uq_fact_profile_id_field UNIQUE (profile_id, field)
);
CREATE TABLE IF NOT EXISTS "match" (
	id INTEGER NOT NULL, 
	need_id INTEGER NOT NULL, 
	profile_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	score FLOAT, 
	position INTEGER, 
	by_hand BOOLEAN NOT NULL, 
	explanation JSON, 
	ranker VARCHAR(100), 
	note TEXT, 
	revision INTEGER NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, rank INTEGER, placed_at DATETIME, notified_at DATETIME, released_at DATETIME, wanted_at DATETIME, asked_at DATETIME, 
	CONSTRAINT pk_match PRIMARY KEY (id), 
	CONSTRAINT ck_match_state CHECK (state IN ('proposed', 'approved', 'rejected', 'invited', 'interested', 'declined', 'quoted', 'contracted', 'lost')), 
	CONSTRAINT ck_match_score CHECK (score BETWEEN 0 AND 1), 
	CONSTRAINT fk_match_need_id FOREIGN KEY(need_id) REFERENCES need (id), 
	CONSTRAINT fk_match_profile_id FOREIGN KEY(profile_id) REFERENCES profile (id), 
	CONSTRAINT uq_match_need_id_profile_id UNIQUE (need_id, profile_id), 
	CONSTRAINT uq_match_public_id UNIQUE (public_id)
);
CREATE TABLE need_centre (
	need_id INTEGER NOT NULL, 
	centre_id INTEGER NOT NULL, 
	CONSTRAINT pk_need_centre PRIMARY KEY (need_id, centre_id), 
	CONSTRAINT fk_need_centre_centre_id FOREIGN KEY(centre_id) REFERENCES centre (id), 
	CONSTRAINT fk_need_centre_need_id FOREIGN KEY(need_id) REFERENCES need (id)
);
CREATE TABLE reference (
	id INTEGER NOT NULL, 
	profile_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	customer VARCHAR(300) NOT NULL, 
	product VARCHAR(300), 
	year INTEGER, 
	CONSTRAINT pk_reference PRIMARY KEY (id), 
	CONSTRAINT fk_reference_profile_id FOREIGN KEY(profile_id) REFERENCES profile (id)
);
CREATE TABLE spare_capacity (
	id INTEGER NOT NULL, 
	profile_id INTEGER NOT NULL, 
	group_code VARCHAR(100) NOT NULL, 
	week INTEGER NOT NULL, 
	maximum_hours FLOAT NOT NULL, 
	agreed_hours FLOAT NOT NULL, 
	stated_at DATETIME NOT NULL, 
	CONSTRAINT pk_spare_capacity PRIMARY KEY (id), 
	CONSTRAINT ck_spare_capacity_hours CHECK (agreed_hours >= 0 AND maximum_hours >= agreed_hours), 
	CONSTRAINT ck_spare_capacity_week CHECK (week BETWEEN 200001 AND 219953), 
	CONSTRAINT fk_spare_capacity_profile_id FOREIGN KEY(profile_id) REFERENCES profile (id), 
	CONSTRAINT uq_spare_capacity_profile_id_group_code_week UNIQUE (profile_id, group_code, week)
);
CREATE TABLE quote (
	id INTEGER NOT NULL, 
	match_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	amount_minor BIGINT, 
	currency VARCHAR(3) NOT NULL, 
	batch_prices JSON, 
	lead_time_days INTEGER, 
	valid_until DATE, 
	text TEXT, 
	submitted_at DATETIME, 
	details JSON NOT NULL, 
	revision INTEGER NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_quote PRIMARY KEY (id), 
	CONSTRAINT ck_quote_state CHECK (state IN ('draft', 'submitted', 'withdrawn', 'accepted', 'refused')), 
	CONSTRAINT ck_quote_amount CHECK (amount_minor > 0), 
	CONSTRAINT fk_quote_match_id FOREIGN KEY(match_id) REFERENCES "match" (id), 
	CONSTRAINT uq_quote_public_id UNIQUE (public_id)
);
CREATE TABLE match_run (
	id INTEGER NOT NULL, 
	need_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	ranker VARCHAR(100) NOT NULL, 
	moves JSON NOT NULL, 
	CONSTRAINT pk_match_run PRIMARY KEY (id), 
	CONSTRAINT fk_match_run_need_id_need FOREIGN KEY(need_id) REFERENCES need (id), 
	CONSTRAINT fk_match_run_by_id_user_account FOREIGN KEY(by_id) REFERENCES user_account (id)
);
CREATE TABLE decision_undone (
	decision_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER NOT NULL, 
	CONSTRAINT pk_decision_undone PRIMARY KEY (decision_id), 
	CONSTRAINT fk_decision_undone_decision_id_decision FOREIGN KEY(decision_id) REFERENCES decision (id), 
	CONSTRAINT fk_decision_undone_by_id_user_account FOREIGN KEY(by_id) REFERENCES user_account (id)
);
CREATE TABLE distinct_pair (
	first_id INTEGER NOT NULL, 
	second_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER NOT NULL, 
	CONSTRAINT pk_distinct_pair PRIMARY KEY (first_id, second_id), 
	CONSTRAINT ck_distinct_pair_ordered CHECK (first_id < second_id), 
	CONSTRAINT fk_distinct_pair_first_id_organisation FOREIGN KEY(first_id) REFERENCES organisation (id), 
	CONSTRAINT fk_distinct_pair_second_id_organisation FOREIGN KEY(second_id) REFERENCES organisation (id), 
	CONSTRAINT fk_distinct_pair_by_id_user_account FOREIGN KEY(by_id) REFERENCES user_account (id)
);
CREATE TABLE profile_redirect (
	public_id VARCHAR(16) NOT NULL, 
	profile_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_profile_redirect PRIMARY KEY (public_id), 
	CONSTRAINT fk_profile_redirect_profile_id_profile FOREIGN KEY(profile_id) REFERENCES profile (id)
);
CREATE TABLE saved_search (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	"query" VARCHAR(2000) NOT NULL, 
	created_at DATETIME NOT NULL, 
	looked_at DATETIME NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_saved_search PRIMARY KEY (id), 
	CONSTRAINT fk_saved_search_user_id_user_account FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT uq_saved_search_public_id UNIQUE (public_id), 
	CONSTRAINT uq_saved_search_user_id_name UNIQUE (user_id, name)
);
CREATE TABLE once (
	kind VARCHAR(40) NOT NULL, 
	"key" VARCHAR(160) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_once PRIMARY KEY (kind, "key")
);
CREATE TABLE login_failure (
	id INTEGER NOT NULL, 
	subject VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_login_failure PRIMARY KEY (id)
);
CREATE TABLE IF NOT EXISTS "profile" (
	id INTEGER NOT NULL, 
	organisation_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	description JSON, 
	sectors JSON NOT NULL, 
	sector_codes JSON NOT NULL, 
	languages JSON NOT NULL, 
	employees INTEGER, 
	founded INTEGER, 
	size_class VARCHAR(20), 
	capacity_kind VARCHAR(20), 
	export_ready BOOLEAN, 
	contacts JSON, 
	updated DATE, 
	content_hash VARCHAR(32), 
	source VARCHAR(300), 
	waiting JSON, 
	remarks JSON NOT NULL, 
	visibility JSON NOT NULL, 
	details JSON NOT NULL, 
	published_at DATETIME, 
	confirmed_at DATETIME, 
	edited_at DATETIME, 
	revision INTEGER NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	review VARCHAR(20), 
	CONSTRAINT pk_profile PRIMARY KEY (id), 
	CONSTRAINT ck_profile_state CHECK (state IN ('draft', 'submitted', 'returned', 'published', 'blocked')), 
	CONSTRAINT ck_profile_employees CHECK (employees >= 0), 
	CONSTRAINT fk_profile_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisation (id), 
	CONSTRAINT ck_profile_capacity_kind CHECK (capacity_kind IN ('general', 'specialised')), 
	CONSTRAINT ck_profile_size_class CHECK (size_class IN ('micro', 'small', 'medium', 'large')), 
	CONSTRAINT uq_profile_organisation_id UNIQUE (organisation_id), 
	CONSTRAINT uq_profile_public_id UNIQUE (public_id), 
	CONSTRAINT ck_profile_review CHECK (review IN ('draft', 'submitted', 'returned'))
);
CREATE TABLE agreement (
	id INTEGER NOT NULL, 
	need_id INTEGER NOT NULL, 
	organisation_id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	language VARCHAR(2) NOT NULL, 
	text_hash VARCHAR(64) NOT NULL, 
	accepted_at DATETIME NOT NULL, 
	withdrawn_at DATETIME, 
	public_id VARCHAR(16) NOT NULL, files JSON, 
	CONSTRAINT pk_agreement PRIMARY KEY (id), 
	CONSTRAINT fk_agreement_need_id_need FOREIGN KEY(need_id) REFERENCES need (id), 
	CONSTRAINT fk_agreement_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id), 
	CONSTRAINT fk_agreement_user_id_user_account FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT uq_agreement_public_id UNIQUE (public_id)
);
CREATE TABLE IF NOT EXISTS "message" (
	id INTEGER NOT NULL, 
	match_id INTEGER NOT NULL, 
	by_id INTEGER, 
	audience VARCHAR(20) NOT NULL, 
	text TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	side VARCHAR(20) NOT NULL, 
	CONSTRAINT pk_message PRIMARY KEY (id), 
	CONSTRAINT fk_message_by_id FOREIGN KEY(by_id) REFERENCES user_account (id), 
	CONSTRAINT ck_message_audience CHECK (audience IN ('all', 'supplier', 'contractor', 'centre')), 
	CONSTRAINT uq_message_public_id UNIQUE (public_id), 
	CONSTRAINT fk_message_match_id FOREIGN KEY(match_id) REFERENCES "match" (id), 
	CONSTRAINT ck_message_side CHECK (side IN ('supplier', 'contractor', 'centre'))
);
CREATE TABLE profile_viewing (
	profile_id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	CONSTRAINT pk_profile_viewing PRIMARY KEY (profile_id, user_id, day), 
	CONSTRAINT fk_profile_viewing_profile_id_profile FOREIGN KEY(profile_id) REFERENCES profile (id), 
	CONSTRAINT fk_profile_viewing_user_id_user_account FOREIGN KEY(user_id) REFERENCES user_account (id)
);
CREATE TABLE access_key (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	secret_hash VARCHAR(64) NOT NULL, 
	scopes JSON NOT NULL, 
	epoch INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	ended_at DATETIME, 
	CONSTRAINT pk_access_key PRIMARY KEY (id), 
	CONSTRAINT fk_access_key_user_id_user_account FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT uq_access_key_secret_hash UNIQUE (secret_hash)
);
CREATE TABLE IF NOT EXISTS "stored_file" (
	id INTEGER NOT NULL, 
	need_id INTEGER, 
	profile_id INTEGER, 
	certificate_id INTEGER, 
	role VARCHAR(20) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	media_type VARCHAR(100) NOT NULL, 
	size BIGINT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	uploaded_by_id INTEGER, 
	details JSON NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	quote_id INTEGER, 
	CONSTRAINT pk_stored_file PRIMARY KEY (id), 
	CONSTRAINT fk_stored_file_need_id FOREIGN KEY(need_id) REFERENCES need (id), 
	CONSTRAINT fk_stored_file_certificate_id FOREIGN KEY(certificate_id) REFERENCES certificate (id), 
	CONSTRAINT fk_stored_file_uploaded_by_id FOREIGN KEY(uploaded_by_id) REFERENCES user_account (id), 
	CONSTRAINT uq_stored_file_public_id UNIQUE (public_id), 
	CONSTRAINT ck_stored_file_size CHECK (size > 0), 
	CONSTRAINT fk_stored_file_profile_id FOREIGN KEY(profile_id) REFERENCES profile (id), 
	CONSTRAINT fk_stored_file_quote_id_quote FOREIGN KEY(quote_id) REFERENCES quote (id), 
	CONSTRAINT ck_stored_file_role CHECK (role IN ('drawing', 'model', 'specification', 'scan', 'photo', 'evidence', 'import', 'quote'))
);
CREATE TABLE IF NOT EXISTS "import_batch" (
	id INTEGER NOT NULL, 
	centre_id INTEGER NOT NULL, 
	source VARCHAR(300) NOT NULL, 
	file_name VARCHAR(300) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	next_line INTEGER NOT NULL, 
	counts JSON NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	by_id INTEGER, 
	kind VARCHAR(20), 
	sheet JSON, 
	suffix VARCHAR(20), 
	progress INTEGER NOT NULL, 
	error JSON, 
	CONSTRAINT pk_import_batch PRIMARY KEY (id), 
	CONSTRAINT fk_import_batch_centre_id FOREIGN KEY(centre_id) REFERENCES centre (id), 
	CONSTRAINT uq_import_batch_public_id UNIQUE (public_id), 
	CONSTRAINT fk_import_batch_by_id FOREIGN KEY(by_id) REFERENCES user_account (id), 
	CONSTRAINT ck_import_batch_state CHECK (state IN ('checking', 'checked', 'running', 'done', 'failed', 'discarded', 'undone'))
);
CREATE TABLE IF NOT EXISTS "import_row" (
	id INTEGER NOT NULL, 
	batch_id INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	kind VARCHAR(20), 
	external_id VARCHAR(100), 
	outcome VARCHAR(20) NOT NULL, 
	problems JSON, 
	CONSTRAINT pk_import_row PRIMARY KEY (id), 
	CONSTRAINT ck_import_row_outcome CHECK (outcome IN ('new', 'changed', 'same', 'refused')), 
	CONSTRAINT fk_import_row_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id), 
	CONSTRAINT uq_import_row_batch_id_line UNIQUE (batch_id, line)
);
CREATE TABLE assignment (
	object_kind VARCHAR(20) NOT NULL, 
	object_id VARCHAR(16) NOT NULL, 
	user_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_assignment PRIMARY KEY (object_kind, object_id), 
	CONSTRAINT ck_assignment_object_kind CHECK (object_kind IN ('need', 'profile', 'certificate')), 
	CONSTRAINT fk_assignment_user_id FOREIGN KEY(user_id) REFERENCES user_account (id)
);
CREATE TABLE finding (
	id INTEGER NOT NULL, 
	public_id VARCHAR(16) NOT NULL, 
	profile_id INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	item JSON, 
	words TEXT NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_finding PRIMARY KEY (id), 
	CONSTRAINT fk_finding_profile_id_profile FOREIGN KEY(profile_id) REFERENCES profile (id), 
	CONSTRAINT uq_finding_public_id UNIQUE (public_id), 
	CONSTRAINT ck_finding_kind CHECK (kind IN ('basics', 'capabilities', 'equipment', 'certificates', 'unread')), 
	CONSTRAINT ck_finding_state CHECK (state IN ('waiting', 'added', 'passed'))
);
CREATE TABLE typed_text (
	user_id INTEGER NOT NULL, 
	page VARCHAR(200) NOT NULL, 
	given TEXT NOT NULL, 
	typed TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_typed_text PRIMARY KEY (user_id, page), 
	CONSTRAINT fk_typed_text_user_id_user_account FOREIGN KEY(user_id) REFERENCES user_account (id)
);
CREATE TABLE IF NOT EXISTS "delivery_rating" (
	match_id INTEGER NOT NULL, 
	quality INTEGER NOT NULL, 
	timeliness INTEGER NOT NULL, 
	text TEXT, 
	at DATETIME NOT NULL, 
	by_id INTEGER NOT NULL, 
	value_band VARCHAR(20), 
	repeat_order BOOLEAN, 
	on_time BOOLEAN, 
	defects_per_thousand FLOAT, 
	CONSTRAINT pk_delivery_rating PRIMARY KEY (match_id), 
	CONSTRAINT ck_delivery_rating_timeliness CHECK (timeliness BETWEEN 1 AND 5), 
	CONSTRAINT fk_delivery_rating_match_id_match FOREIGN KEY(match_id) REFERENCES "match" (id), 
	CONSTRAINT fk_delivery_rating_by_id_user_account FOREIGN KEY(by_id) REFERENCES user_account (id), 
	CONSTRAINT ck_delivery_rating_quality CHECK (quality BETWEEN 1 AND 5), 
	CONSTRAINT ck_delivery_rating_value_band CHECK (value_band IN ('to-100', 'to-500', 'to-2000', 'to-10000', 'to-50000', 'more')), 
	CONSTRAINT ck_delivery_rating_defects CHECK (defects_per_thousand BETWEEN 0 AND 1000)
);
CREATE INDEX ix_audit_entry_object_kind_object_id ON audit_entry (object_kind, object_id);
CREATE INDEX ix_indexed_document_stamp ON indexed_document (stamp);
CREATE INDEX ix_job_state_due_at ON job (state, due_at);
CREATE INDEX ix_mail_state_due_at ON mail (state, due_at);
CREATE INDEX ix_outbox_key ON outbox ("key");
CREATE INDEX ix_outbox_state_due_at ON outbox (state, due_at);
CREATE INDEX ix_organisation_centre_id_inn ON organisation (centre_id, inn);
CREATE INDEX ix_organisation_sort_en ON organisation (sort_en);
CREATE INDEX ix_organisation_sort_ru ON organisation (sort_ru);
CREATE INDEX ix_user_session_user_id_ended_at ON user_session (user_id, ended_at);
CREATE INDEX ix_membership_centre_id ON membership (centre_id);
CREATE INDEX ix_membership_organisation_id ON membership (organisation_id);
CREATE INDEX ix_need_contractor_id ON need (contractor_id);
CREATE INDEX ix_need_state_created_at ON need (state, created_at);
CREATE INDEX ix_organisation_alias_organisation_id ON organisation_alias (organisation_id);
CREATE INDEX ix_site_organisation_id ON site (organisation_id);
CREATE INDEX ix_capability_profile_id ON capability (profile_id);
CREATE INDEX ix_certificate_profile_id ON certificate (profile_id);
CREATE INDEX ix_certificate_valid_until ON certificate (valid_until);
CREATE INDEX ix_decision_need_id_profile_id_at ON decision (need_id, profile_id, at);
CREATE INDEX ix_decision_profile_id ON decision (profile_id);
CREATE INDEX ix_equipment_profile_id ON equipment (profile_id);
CREATE INDEX ix_match_profile_id ON "match" (profile_id);
CREATE INDEX ix_reference_profile_id ON reference (profile_id);
CREATE INDEX ix_match_run_need_id ON match_run (need_id);
CREATE INDEX ix_profile_redirect_profile_id ON profile_redirect (profile_id);
CREATE INDEX ix_saved_search_user_id_created_at ON saved_search (user_id, created_at);
CREATE INDEX ix_login_failure_subject_at ON login_failure (subject, at);
CREATE INDEX ix_login_failure_at ON login_failure (at);
CREATE INDEX ix_profile_state ON profile (state);
CREATE INDEX ix_agreement_need_id_organisation_id ON agreement (need_id, organisation_id);
CREATE INDEX ix_agreement_organisation_id ON agreement (organisation_id);
CREATE UNIQUE INDEX ix_quote_match_id ON quote (match_id);
CREATE INDEX ix_message_match_id ON message (match_id);
CREATE INDEX ix_profile_viewing_user_id ON profile_viewing (user_id);
CREATE INDEX ix_access_key_user_id ON access_key (user_id);
CREATE INDEX ix_stored_file_profile_id ON stored_file (profile_id);
CREATE INDEX ix_stored_file_certificate_id ON stored_file (certificate_id);
CREATE INDEX ix_stored_file_need_id ON stored_file (need_id);
CREATE INDEX ix_stored_file_sha256 ON stored_file (sha256);
CREATE INDEX ix_stored_file_quote_id ON stored_file (quote_id);
CREATE INDEX ix_import_batch_sha256 ON import_batch (sha256);
CREATE INDEX ix_assignment_user_id ON assignment (user_id);
CREATE INDEX ix_finding_profile_id_state ON finding (profile_id, state);
COMMIT;
