DELETE FROM role_permissions WHERE (role, permission) = ('intermediary', 'certificates.read');
