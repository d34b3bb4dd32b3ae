-- First message of a memory
-- Adds conversation_memories.first_message_id, a text without foreign key.

-- migrate:up

ALTER TABLE conversation_memories ADD COLUMN first_message_id varchar(100);

INSERT INTO applied_migrations (filename) VALUES ('008_add_first_message_id.sql');

-- migrate:down

DELETE FROM applied_migrations WHERE filename = '008_add_first_message_id.sql';

ALTER TABLE conversation_memories DROP COLUMN first_message_id;
