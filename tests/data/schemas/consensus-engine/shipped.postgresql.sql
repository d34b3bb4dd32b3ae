-- SPDX-License-Identifier: GPL-3.0-or-later
-- Consensus Engine, variant "shipped": what the application's code makes on PostgreSQL.
-- No Alembic, no defaults, no secondary indexes; consensus_reached is an INTEGER.

CREATE TABLE discussions (
	id SERIAL NOT NULL,
	prompt TEXT NOT NULL,
	started_at TIMESTAMP WITHOUT TIME ZONE,
	completed_at TIMESTAMP WITHOUT TIME ZONE,
	consensus_reached INTEGER,
	final_consensus TEXT,
	PRIMARY KEY (id)
);

CREATE TABLE discussion_rounds (
	id SERIAL NOT NULL,
	discussion_id INTEGER,
	round_number INTEGER NOT NULL,
	created_at TIMESTAMP WITHOUT TIME ZONE,
	PRIMARY KEY (id),
	FOREIGN KEY(discussion_id) REFERENCES discussions (id)
);

CREATE TABLE llm_responses (
	id SERIAL NOT NULL,
	round_id INTEGER,
	llm_name VARCHAR(100) NOT NULL,
	response_text TEXT NOT NULL,
	confidence_score FLOAT,
	created_at TIMESTAMP WITHOUT TIME ZONE,
	PRIMARY KEY (id),
	FOREIGN KEY(round_id) REFERENCES discussion_rounds (id)
);
