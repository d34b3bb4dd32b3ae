-- Messages go with their conversation
-- Makes the foreign key of messages delete the messages of a deleted conversation.

-- migrate:up

ALTER TABLE messages
  DROP CONSTRAINT messages_conversation_id_fkey,
  ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE;

-- migrate:down

ALTER TABLE messages
  DROP CONSTRAINT messages_conversation_id_fkey,
  ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations (id);
