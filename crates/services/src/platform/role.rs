//! Row-level security binds no superuser, no role with BYPASSRLS and no owner of a table: as one of them the server would show
//! everybody everything, and nothing else would tell.

use contracts::permission::Permission;
use diesel::{QueryableByName, sql_types};
use diesel_async::RunQueryDsl;

use super::{OpCtx, Result};

#[derive(QueryableByName)]
struct Role {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::Bool)]
    is_superuser: bool,
    #[diesel(sql_type = sql_types::Bool)]
    bypasses: bool,
    #[diesel(sql_type = sql_types::Bool)]
    owns: bool,
}

/// Whoever has an owner's rights counts as the owner.
const ROLE: &str = "
    SELECT r.rolname::text AS name, r.rolsuper AS is_superuser, r.rolbypassrls AS bypasses,
           EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                   AND pg_has_role(c.relowner, 'USAGE')) AS owns
    FROM pg_roles r WHERE r.rolname = current_user";

/// Returns why row-level security does not bind the role of the application's connections, as a sentence; `None` where it binds it.
pub async fn rls_bypass_reason(ctx: &OpCtx) -> Result<Option<String>> {
    let role: Role = ctx
        .read(Permission::SystemManage, async |tx| Ok(diesel::sql_query(ROLE).get_result(tx.conn()?).await?))
        .await?;
    let why = if role.is_superuser {
        "is a superuser"
    } else if role.bypasses {
        "has BYPASSRLS"
    } else if role.owns {
        "owns tables"
    } else {
        return Ok(None);
    };
    Ok(Some(format!("the database role {} {why}: row-level security does not apply to it", role.name)))
}
