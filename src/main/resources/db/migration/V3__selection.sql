-- What selectors look at.

-- An IPv6 address, equal in every spelling; null for any other text.
create function ipv6(written text) returns inet language plpgsql immutable strict parallel safe as $$
begin
  if position(':' in written) = 0 or position('/' in written) > 0 then
    return null;
  end if;
  return cast(written as inet);
exception when invalid_text_representation then
  return null;
end
$$;

alter table host add column ipv6 inet generated always as (ipv6(inner_ipv6)) stored;
-- Only of those that have one: an import of a million hosts pays for every entry.
create index host_by_ipv6 on host (ipv6) where ipv6 is not null;
create index plugin_by_name on process (name) where kind = 'PLUGIN';
