-- SPDX-License-Identifier: GPL-3.0-or-later
-- Consensus Engine, variant "documented": the tables of the reference document, as SQLAlchemy lays them out on SQLite.
-- The document names Alembic, so the tracking table is there too.

CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

INSERT INTO alembic_version (version_num) VALUES ('001_initial');

CREATE TABLE discussions (
	id INTEGER NOT NULL,
	prompt VARCHAR NOT NULL,
	started_at DATETIME,
	completed_at DATETIME,
	consensus_reached BOOLEAN,
	final_consensus VARCHAR,
	consensus_score FLOAT,
	PRIMARY KEY (id)
);

CREATE TABLE rounds (
	id INTEGER NOT NULL,
	discussion_id INTEGER,
	round_type VARCHAR NOT NULL,
	round_number INTEGER NOT NULL,
	started_at DATETIME,
	completed_at DATETIME,
	prompt VARCHAR NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(discussion_id) REFERENCES discussions (id)
);

CREATE TABLE model_responses (
	id INTEGER NOT NULL,
	round_id INTEGER,
	model_name VARCHAR NOT NULL,
	response_text VARCHAR NOT NULL,
	confidence_score FLOAT,
	created_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(round_id) REFERENCES rounds (id)
);
