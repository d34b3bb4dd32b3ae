-- Personas, modules, conversations and messages
-- Makes the four tables that existed before the documented migrations; messages are counted by a number.
-- The document starts at 001; this state is inferred from what 001 to 008 change.
-- Translated from PostgreSQL: uuid is TEXT without default, jsonb is JSON, timestamps default to the current UTC time.

-- migrate:up

CREATE TABLE personas (
  id TEXT NOT NULL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  description TEXT,
  template TEXT NOT NULL,
  mode VARCHAR(50),
  loop_frequency VARCHAR(50),
  first_message TEXT,
  image_path VARCHAR(500),
  is_active BOOLEAN DEFAULT 1,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_personas_created_at ON personas (created_at);

CREATE TABLE modules (
  id TEXT NOT NULL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  description TEXT,
  content TEXT NOT NULL,
  type VARCHAR(50) NOT NULL,
  trigger_pattern VARCHAR(500),
  script TEXT,
  is_active BOOLEAN DEFAULT 1,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_modules_created_at ON modules (created_at);

CREATE TABLE conversations (
  id TEXT NOT NULL PRIMARY KEY,
  title VARCHAR(255) NOT NULL,
  provider_type VARCHAR(50),
  provider_config JSON,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_conversations_created_at ON conversations (created_at);

CREATE TABLE messages (
  id INTEGER NOT NULL PRIMARY KEY,
  conversation_id TEXT REFERENCES conversations (id),
  role VARCHAR(50) NOT NULL,
  content TEXT NOT NULL,
  extra_data JSON,
  input_tokens INTEGER,
  output_tokens INTEGER,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_messages_created_at ON messages (created_at);

-- migrate:down

DROP TABLE messages;
DROP TABLE conversations;
DROP TABLE modules;
DROP TABLE personas;
