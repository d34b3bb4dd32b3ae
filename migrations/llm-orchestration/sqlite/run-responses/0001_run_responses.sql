-- Blocks, payloads, workflows, runs and the old run_responses
-- Makes an old file that the application has not converted yet: answers in run_responses, runs without completed_at and metadata.

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
  started_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE run_responses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
  payload_id INTEGER REFERENCES payloads (id) ON DELETE SET NULL,
  response_content TEXT,
  tokens_per_second REAL,
  completion_time REAL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

-- migrate:down

DROP TABLE run_responses;
DROP TABLE runs;
DROP TABLE workflow_payloads;
DROP TABLE workflows;
DROP TABLE payload_blocks;
DROP TABLE payloads;
DROP TABLE blocks;
