-- Messages go with their conversation
-- Makes the foreign key of messages delete the messages of a deleted conversation.

-- migrate:up

ALTER TABLE messages
  DROP CONSTRAINT messages_conversation_id_fkey,
  ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE;

INSERT INTO applied_migrations (filename) VALUES ('002_fix_message_cascade_delete.sql');

-- migrate:down

DELETE FROM applied_migrations WHERE filename = '002_fix_message_cascade_delete.sql';

ALTER TABLE messages
  DROP CONSTRAINT messages_conversation_id_fkey,
  ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations (id);
