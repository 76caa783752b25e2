-- An intermediary reads the certificates of its own purchases: it paid for them, and nobody else on the buying side can open them.
-- A database without any grant yet is given the start policy whole.
WITH added AS (
  INSERT INTO role_permissions (role, level, permission)
    SELECT role, level, 'certificates.read' FROM role_permissions WHERE (role, permission) = ('intermediary', 'transactions.read')
  ON CONFLICT DO NOTHING RETURNING role)
INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id, details)
  SELECT gen_random_uuid(), 'command', 'compliance.permission_granted', 'permission', 'certificates.read', 'migration', jsonb_build_object('grants', count(*))
  FROM added HAVING count(*) > 0;
