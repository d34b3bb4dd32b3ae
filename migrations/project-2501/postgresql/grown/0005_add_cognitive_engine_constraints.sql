-- Rules for the names, modes and loops of personas and modules
-- Makes names unique, limits the form of module names, the modes and the loop frequency, and adds four indexes.

-- migrate:up

ALTER TABLE modules
  ADD CONSTRAINT unique_module_name UNIQUE (name),
  ADD CONSTRAINT valid_module_name_format CHECK (name ~ '^[a-z][a-z0-9_]{0,49}$' AND length(name) <= 50);

ALTER TABLE personas
  ADD CONSTRAINT unique_persona_name UNIQUE (name),
  ADD CONSTRAINT valid_persona_mode CHECK (mode IN ('reactive', 'autonomous')),
  ADD CONSTRAINT valid_loop_frequency CHECK (
    loop_frequency IS NULL
    OR (mode = 'autonomous' AND loop_frequency ~ '^[0-9]*\.?[0-9]+$' AND loop_frequency::double precision > 0));

CREATE INDEX idx_modules_type ON modules (type);
CREATE INDEX idx_modules_active ON modules (is_active);
CREATE INDEX idx_personas_mode ON personas (mode);
CREATE INDEX idx_personas_active ON personas (is_active);

INSERT INTO applied_migrations (filename) VALUES ('005_add_cognitive_engine_constraints.sql');

-- migrate:down

DELETE FROM applied_migrations WHERE filename = '005_add_cognitive_engine_constraints.sql';

DROP INDEX idx_personas_active;
DROP INDEX idx_personas_mode;
DROP INDEX idx_modules_active;
DROP INDEX idx_modules_type;

ALTER TABLE personas
  DROP CONSTRAINT valid_loop_frequency,
  DROP CONSTRAINT valid_persona_mode,
  DROP CONSTRAINT unique_persona_name;

ALTER TABLE modules
  DROP CONSTRAINT valid_module_name_format,
  DROP CONSTRAINT unique_module_name;
