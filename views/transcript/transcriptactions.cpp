// SPDX-License-Identifier: GPL-3.0-or-later
// Finding, copying and leaving a transcript.
#include "models/core/async.h"
#include "views/reading/openlink.h"
#include "views/reading/readingview.h"
#include "views/transcript/transcriptpanel.h"
#include "views/widgets/messagebar.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QToolButton>

namespace turnstone {

using namespace Qt::StringLiterals;

void TranscriptPanel::find()
{
    m_findBar->show();
    m_find->setFocus();
    m_find->selectAll();
}

void TranscriptPanel::search()
{
    m_stopSearch.request_stop();
    m_stopSearch = {};
    const QString words = m_find->text();
    const bool hadHits = !m_hits.empty();
    m_hits.clear();
    m_hit = -1;
    m_hitLength = words.size();
    m_findCount->clear();
    if (words.isEmpty() || m_transcript == nullptr) {
        if (hadHits)
            m_view->forgetBodies();
        return;
    }
    m_findCount->setText(tr("Searching…"));
    const auto job = [context = context(), lens = *m_lens, transcript = m_transcript, words](Connection &connection) {
        return TranscriptReader({connection, *context.catalog, *context.profile}, lens).find(*transcript, words);
    };
    onResult(context().pool->read(job, m_stopSearch.get_token()), this, [this, token = m_stopSearch.get_token()](Result<std::vector<TranscriptHit>> hits) {
        if (token.stop_requested())
            return;
        if (!hits) {
            m_findCount->setText(hits.error().message);
            return;
        }
        m_hits = std::move(*hits);
        m_view->forgetBodies();
        if (m_hits.empty())
            m_findCount->setText(tr("Not found"));
        else
            showHit(0);
    });
}

void TranscriptPanel::showHit(int hit)
{
    if (m_hits.empty())
        return;
    const int count = static_cast<int>(m_hits.size());
    m_hit = ((hit % count) + count) % count;
    m_findCount->setText(tr("%1 of %2").arg(QLocale().toString(m_hit + 1), QLocale().toString(count)));
    const TranscriptHit &at = m_hits[static_cast<std::size_t>(m_hit)];
    const int head = m_heads.headOfEntry[static_cast<std::size_t>(at.entry)];
    // The text is the last of the parts, thinking the first; asides that are empty are left out.
    const TranscriptEntry &entry = m_transcript->entries[static_cast<std::size_t>(at.entry)];
    int part = 0;
    if (at.part != -2) {
        part += entry.thinkingLength > 0 && m_look.withAsides ? 1 : 0;
        const int asides = at.part < 0 ? static_cast<int>(entry.asideLengths.size()) : at.part;
        for (int i = 0; i < asides; ++i)
            part += entry.asideLengths[static_cast<std::size_t>(i)] > 4 && m_look.withAsides ? 1 : 0;
    }
    m_view->scrollToText(head, part, at.position);
}

void TranscriptPanel::openLink(int head, const QString &id)
{
    if (id.startsWith(u"url:")) {
        askToOpenLink(id.mid(4), this);
        return;
    }
    const int entry = entryOf(head);
    if (id != u"calls" || entry < 0)
        return;
    const std::vector<RowKey> &calls = m_transcript->entries[static_cast<std::size_t>(entry)].calls;
    if (!calls.empty())
        emit panelRequested(u"call"_s, recordArguments(m_transcript->callTable, calls.front()));
}

void TranscriptPanel::showMenu(int head, const QPoint &position)
{
    const int entry = entryOf(head);
    auto *kept = new QMenu(this);
    kept->setObjectName(u"transcriptMenu"_s);
    kept->setAttribute(Qt::WA_DeleteOnClose);
    kept->addAction(tr("Copy the text"), this, [this] { m_view->copySelection(); });
    kept->addAction(tr("Copy as Markdown"), this, [this, head] {
        QApplication::clipboard()->setText(u"**%1**\n\n%2\n"_s.arg(m_view->head(head).title, m_view->textOf(head)));
    });
    if (entry >= 0) {
        kept->addAction(tr("Copy the path"), this, &TranscriptPanel::copyPath);
        const RowKey key = m_transcript->entries[static_cast<std::size_t>(entry)].key;
        kept->addAction(tr("Show the row in its table"), this, [this, key] {
            emit placeRequested(context().id, {context().profile->schema, m_transcript->entryTable, {}}, key);
        });
        if (!m_transcript->entries[static_cast<std::size_t>(entry)].calls.empty())
            kept->addAction(tr("Open the call"), this, [this, head] { openLink(head, u"calls"_s); });
        emit recordMenuOpening(kept, m_transcript->entryTable, key);
    }
    kept->popup(position);
}

void TranscriptPanel::copyPath()
{
    const QString path = m_entryPath.isEmpty() ? m_path.section(u'#', 0, 0) : m_entryPath;
    QApplication::clipboard()->setText(path);
    emit noted(tr("Copied %1").arg(path));
}

void TranscriptPanel::copy(const QString &format)
{
    if (format == u"markdown")
        copyMarkdown();
    else
        m_view->copySelection();
}

void TranscriptPanel::copyMarkdown()
{
    if (m_transcript == nullptr)
        return;
    const auto job = [context = context(), lens = *m_lens, transcript = m_transcript, look = m_look](Connection &connection) {
        TranscriptReader reader({connection, *context.catalog, *context.profile}, lens);
        return transcriptMarkdown(reader, *transcript, look.withRoles, look.areAsidesOpen);
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](const Result<QString> &text) {
        if (!text) {
            if (text.error().code != ErrorCode::Cancelled)
                m_message->showError(text.error());
            return;
        }
        QApplication::clipboard()->setText(*text);
        emit noted(tr("Copied %1 characters of Markdown").arg(QLocale().toString(text->size())));
    });
}

PanelKind transcriptPanelKind()
{
    PanelKind kind;
    kind.id = u"transcript"_s;
    kind.title = TranscriptPanel::tr("&Transcript");
    kind.icon = u"text"_s;
    kind.recordTitle = [](const DatabaseContext &context, const QString &table) {
        const std::optional<TranscriptLens> lens = transcriptFor(*context.profile, table);
        return !lens ? QString() : lens->table == table ? TranscriptPanel::tr("Read the transcript") : TranscriptPanel::tr("Read in the transcript");
    };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new TranscriptPanel(services, context, arguments, parent);
    };
    return kind;
}

} // namespace turnstone
