-- quoted_reason: the reason and the message of a report in brackets, for a sentence; '' where it has neither.
--
-- What adapters write is not part of the sentence: characters that break a line or turn the direction of text are replaced,
-- and a long text is cut.
create or replace function quoted_reason(p_reason text, p_message text) returns text
language sql immutable parallel safe as $$
    select coalesce(
        ' ("' || nullif(
            regexp_replace(
                left(cut.text, 300) || case when length(cut.text) > 300 then '…' else '' end,
                '[[:cntrl:]\u0085\u200e\u200f\u2028-\u202e\u2066-\u2069]', ' ', 'g'
            ),
            ''
        ) || '")',
        ''
    )
    from (select concat_ws(': ', nullif(p_reason, ''), nullif(p_message, '')) as text) as cut
$$;
