-- SPDX-License-Identifier: GPL-3.0-or-later
-- LLM Orchestration, variant "run-responses": an old file that the application has not converted yet.
-- Answers stand in run_responses, and runs has no completed_at and no metadata.
-- The key of run_responses is inferred; its other columns are those that the application's conversion reads.

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER,
    status TEXT NOT NULL,
    started_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (workflow_id) REFERENCES workflows (id) ON DELETE CASCADE
);

CREATE TABLE blocks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    content TEXT,
    tags TEXT,
    folder_path TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE payloads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    temperature REAL DEFAULT 0.6,
    response_length INTEGER DEFAULT 1000,
    llm_port INTEGER DEFAULT 5001,
    model_format TEXT DEFAULT 'default',
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE payload_blocks (
    payload_id INTEGER,
    block_id INTEGER,
    order_index INTEGER,
    FOREIGN KEY (payload_id) REFERENCES payloads (id) ON DELETE CASCADE,
    FOREIGN KEY (block_id) REFERENCES blocks (id) ON DELETE CASCADE
);

CREATE TABLE workflows (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE workflow_payloads (
    workflow_id INTEGER,
    payload_id INTEGER,
    order_index INTEGER,
    FOREIGN KEY (workflow_id) REFERENCES workflows (id) ON DELETE CASCADE,
    FOREIGN KEY (payload_id) REFERENCES payloads (id) ON DELETE CASCADE
);

CREATE TABLE run_responses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER,
    payload_id INTEGER,
    response_content TEXT,
    tokens_per_second REAL,
    completion_time REAL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
    FOREIGN KEY (payload_id) REFERENCES payloads (id) ON DELETE SET NULL
);
