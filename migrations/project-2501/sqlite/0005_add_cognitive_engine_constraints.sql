-- Timing and trigger rules of modules
-- Adds modules.execution_timing (BEFORE, AFTER, CUSTOM) and refuses empty trigger patterns: an empty one means none and becomes NULL.
-- The next migration replaces both.

-- migrate:up

UPDATE modules SET trigger_pattern = NULL WHERE trigger_pattern = '';

ALTER TABLE modules ADD COLUMN execution_timing VARCHAR(6) DEFAULT 'CUSTOM'
  CONSTRAINT valid_execution_timing CHECK (execution_timing IN ('BEFORE', 'AFTER', 'CUSTOM'))
  CONSTRAINT valid_trigger_pattern CHECK (trigger_pattern IS NULL OR length(trigger_pattern) > 0);

-- migrate:down

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
