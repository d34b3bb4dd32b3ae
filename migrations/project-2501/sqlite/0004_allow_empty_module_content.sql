-- Modules may have no content
-- Lets modules.content be NULL. Going down turns missing content into empty text.
-- The table is rebuilt, since SQLite cannot change NOT NULL.

-- migrate:up

CREATE TABLE modules_new (
  id TEXT NOT NULL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  description TEXT,
  content TEXT,
  type VARCHAR(50) NOT NULL,
  trigger_pattern VARCHAR(500),
  script TEXT,
  is_active BOOLEAN DEFAULT 1,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO modules_new (id, name, description, content, type, trigger_pattern, script, is_active, created_at, updated_at)
  SELECT id, name, description, content, type, trigger_pattern, script, is_active, created_at, updated_at
    FROM modules;

DROP TABLE modules;
ALTER TABLE modules_new RENAME TO modules;
CREATE INDEX idx_modules_created_at ON modules (created_at);

-- migrate:down

CREATE TABLE modules_new (
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

INSERT INTO modules_new (id, name, description, content, type, trigger_pattern, script, is_active, created_at, updated_at)
  SELECT id, name, description, coalesce(content, ''), type, trigger_pattern, script, is_active, created_at, updated_at
    FROM modules;

DROP TABLE modules;
ALTER TABLE modules_new RENAME TO modules;
CREATE INDEX idx_modules_created_at ON modules (created_at);
