-- What was one permission becomes three: a person's own account, which is everybody's; the organisation's facts; views that are shared.
-- Who held what goes on holding it. A database without any grant yet is given the start policy whole.
WITH own AS (SELECT role, level FROM role_permissions WHERE permission = 'own_data.write'),
added AS (
  INSERT INTO role_permissions (role, level, permission)
    SELECT role, level, 'organisation.write' FROM own WHERE role <> 'admin' AND level IN ('owner', 'manager')
    UNION ALL SELECT role, level, 'views.share' FROM own
    UNION ALL SELECT DISTINCT role, level, 'own_data.write' FROM role_permissions
  ON CONFLICT DO NOTHING RETURNING role)
INSERT INTO audit_records (id, actor_kind, action, entity_type, entity_id, request_id, details)
  SELECT gen_random_uuid(), 'command', 'compliance.permissions_split', 'permission', 'own_data.write', 'migration', jsonb_build_object('grants', count(*))
  FROM added HAVING count(*) > 0;
