-- SPDX-License-Identifier: GPL-3.0-or-later
-- LLM Orchestration, variant "current": the seven tables as the application makes them at its start.
-- The junction tables have no key; AUTOINCREMENT brings sqlite_sequence with it.

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER,
    status TEXT NOT NULL,
    started_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    completed_at TIMESTAMP,
    metadata TEXT,
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

CREATE TABLE responses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER,
    payload_id INTEGER,
    content TEXT,
    metadata TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
    FOREIGN KEY (payload_id) REFERENCES payloads (id) ON DELETE SET NULL
);
