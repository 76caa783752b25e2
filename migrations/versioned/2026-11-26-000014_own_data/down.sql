DELETE FROM role_permissions WHERE permission IN ('organisation.write', 'views.share') OR (permission, level) = ('own_data.write', 'auditor');
