DROP TABLE sign_in_throttle, sessions, role_permissions, invitations, memberships, organisations, users;
