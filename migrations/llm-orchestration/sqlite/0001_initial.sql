-- Blocks, payloads, workflows, runs and responses
-- Makes the seven tables that the application makes at its start. The junction tables have no key, all foreign keys are nullable.

-- migrate:up

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
  payload_id INTEGER REFERENCES payloads (id) ON DELETE CASCADE,
  block_id INTEGER REFERENCES blocks (id) ON DELETE CASCADE,
  order_index INTEGER
);

CREATE TABLE workflows (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE workflow_payloads (
  workflow_id INTEGER REFERENCES workflows (id) ON DELETE CASCADE,
  payload_id INTEGER REFERENCES payloads (id) ON DELETE CASCADE,
  order_index INTEGER
);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workflow_id INTEGER REFERENCES workflows (id) ON DELETE CASCADE,
  status TEXT NOT NULL,
  started_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  completed_at TIMESTAMP,
  metadata TEXT
);

CREATE TABLE responses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
  payload_id INTEGER REFERENCES payloads (id) ON DELETE SET NULL,
  content TEXT,
  metadata TEXT,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

-- migrate:down

DROP TABLE responses;
DROP TABLE runs;
DROP TABLE workflow_payloads;
DROP TABLE workflows;
DROP TABLE payload_blocks;
DROP TABLE payloads;
DROP TABLE blocks;
