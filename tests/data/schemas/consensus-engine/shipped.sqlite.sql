-- SPDX-License-Identifier: GPL-3.0-or-later
-- Consensus Engine, variant "shipped": what the application's code makes on SQLite.
-- No Alembic, no defaults, no secondary indexes; consensus_reached is an INTEGER.

CREATE TABLE discussions (
	id INTEGER NOT NULL,
	prompt TEXT NOT NULL,
	started_at DATETIME,
	completed_at DATETIME,
	consensus_reached INTEGER,
	final_consensus TEXT,
	PRIMARY KEY (id)
);

CREATE TABLE discussion_rounds (
	id INTEGER NOT NULL,
	discussion_id INTEGER,
	round_number INTEGER NOT NULL,
	created_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(discussion_id) REFERENCES discussions (id)
);

CREATE TABLE llm_responses (
	id INTEGER NOT NULL,
	round_id INTEGER,
	llm_name VARCHAR(100) NOT NULL,
	response_text TEXT NOT NULL,
	confidence_score FLOAT,
	created_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(round_id) REFERENCES discussion_rounds (id)
);
