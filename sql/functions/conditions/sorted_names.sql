-- sorted_names: names sorted by bytes, as messages list them; one that is repeated stands once.
-- The lexemes of a tsvector are kept so, which takes less than to start a statement.
create or replace function sorted_names(p_names text[]) returns text[]
language sql immutable parallel safe as $$
    select tsvector_to_array(array_to_tsvector(p_names))
$$;
