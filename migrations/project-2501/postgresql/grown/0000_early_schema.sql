-- Schema of the first classes, before any migration
-- Makes personas, modules, conversations and messages as the application's early classes did (messages counted by a serial), and the table in which its runner notes what it applied.

-- migrate:up

CREATE TABLE applied_migrations (
  id serial PRIMARY KEY,
  filename varchar(255) NOT NULL UNIQUE,
  applied_at timestamp DEFAULT CURRENT_TIMESTAMP
);

CREATE TYPE messagerole AS ENUM ('USER', 'ASSISTANT', 'SYSTEM');
CREATE TYPE moduletype AS ENUM ('SIMPLE', 'ADVANCED');
CREATE TYPE executiontiming AS ENUM ('BEFORE', 'AFTER', 'CUSTOM');

CREATE TABLE personas (
  id uuid NOT NULL PRIMARY KEY,
  name varchar(255) NOT NULL,
  description text,
  template text NOT NULL,
  mode varchar(20) NOT NULL,
  loop_frequency varchar(10),
  first_message text,
  image_path varchar(500),
  extra_data json,
  is_active boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_personas_id ON personas (id);
CREATE INDEX ix_personas_name ON personas (name);

CREATE TABLE modules (
  id uuid NOT NULL PRIMARY KEY,
  name varchar(255) NOT NULL,
  description text,
  content text NOT NULL,
  type moduletype NOT NULL,
  trigger_pattern varchar(500),
  script text,
  timing executiontiming,
  extra_data json,
  is_active boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_modules_id ON modules (id);
CREATE INDEX ix_modules_name ON modules (name);

CREATE TABLE conversations (
  id uuid NOT NULL PRIMARY KEY,
  title varchar(255) NOT NULL,
  provider_type varchar(50),
  provider_config json,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_conversations_id ON conversations (id);
CREATE INDEX ix_conversations_title ON conversations (title);

CREATE TABLE messages (
  conversation_id uuid NOT NULL REFERENCES conversations (id),
  role messagerole NOT NULL,
  content text NOT NULL,
  extra_data json,
  input_tokens integer,
  output_tokens integer,
  id serial PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_messages_id ON messages (id);
CREATE INDEX ix_messages_conversation_id ON messages (conversation_id);

-- migrate:down

DROP TABLE messages;
DROP TABLE conversations;
DROP TABLE modules;
DROP TABLE personas;
DROP TYPE executiontiming;
DROP TYPE moduletype;
DROP TYPE messagerole;
DROP TABLE applied_migrations;
