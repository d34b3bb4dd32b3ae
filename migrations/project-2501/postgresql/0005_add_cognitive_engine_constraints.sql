-- Timing and trigger rules of modules
-- Adds modules.execution_timing (BEFORE, AFTER, CUSTOM) and refuses empty trigger patterns: an empty one means none and becomes NULL.
-- The next migration replaces both.

-- migrate:up

CREATE TYPE execution_timing AS ENUM ('BEFORE', 'AFTER', 'CUSTOM');

UPDATE modules SET trigger_pattern = NULL WHERE trigger_pattern = '';

ALTER TABLE modules
  ADD COLUMN execution_timing execution_timing DEFAULT 'CUSTOM',
  ADD CONSTRAINT valid_trigger_pattern CHECK (trigger_pattern IS NULL OR length(trigger_pattern) > 0);

-- migrate:down

ALTER TABLE modules
  DROP CONSTRAINT valid_trigger_pattern,
  DROP COLUMN execution_timing;
DROP TYPE execution_timing;
