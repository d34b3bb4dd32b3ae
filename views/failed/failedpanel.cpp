// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/failed/failedpanel.h"

#include "models/browsing/recordidentity.h"
#include "models/core/async.h"
#include "views/reading/elidedlabel.h"
#include "views/reading/openlink.h"
#include "views/reading/readingview.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

FailedPanel::FailedPanel(const PanelServices &services, DatabaseContext context, QWidget *parent)
    : Panel(std::move(context), parent), m_view(new ReadingView(services.workers, this)), m_message(new MessageBar(this)), m_summary(new ElidedLabel(this))
{
    setObjectName(u"failedPanel"_s);
    auto *name = new ElidedLabel(this);
    name->setText(title());
    name->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    name->setContentsMargins(metrics::space4, metrics::space2, metrics::space4, 0);
    m_summary->setObjectName(u"failedSummary"_s);
    m_summary->setFont(sizedFont(font(), metrics::captionPx));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setContentsMargins(metrics::space4, 0, metrics::space4, metrics::space2);
    m_view->setObjectName(u"failedList"_s);
    m_view->setAccessibleName(tr("Failed things"));
    m_view->setEmptyText(tr("Reading…"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(name);
    layout->addWidget(m_summary);
    layout->addWidget(m_message);
    layout->addWidget(m_view, 1);
    setFocusProxy(m_view);
    connect(m_message, &MessageBar::actionTriggered, this, &FailedPanel::reload);
    connect(m_view, &ReadingView::settled, this, [this] {
        if (m_isRead)
            emit settled();
    });
    connect(m_view, &ReadingView::currentChanged, this, &FailedPanel::showCurrent);
    connect(m_view, &ReadingView::bodiesWanted, this, [this](const std::vector<int> &heads) {
        for (const int head : heads) {
            ReadingPart part;
            if (const FailedRecord *record = recordAt(head))
                part.text = record->last;
            m_view->setBody(head, {part});
        }
    });
    connect(m_view, &ReadingView::linkActivated, this, [this](int head, const QString &id) {
        if (id.startsWith(u"url:"))
            askToOpenLink(id.mid(4), this);
        else if (const FailedRecord *record = recordAt(head))
            emit panelRequested(u"transcript"_s, recordArguments(m_lists[static_cast<std::size_t>(m_lines[static_cast<std::size_t>(head)].list)].table, record->key));
    });
    connect(m_view, &ReadingView::menuRequested, this, [this](int head, const QPoint &position) {
        const FailedRecord *record = recordAt(head);
        if (record == nullptr)
            return;
        const QString table = m_lists[static_cast<std::size_t>(m_lines[static_cast<std::size_t>(head)].list)].table;
        auto *menu = new QMenu(this);
        menu->setObjectName(u"failedMenu"_s);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(tr("Show the row in its table"), this, [this, table, key = record->key] { emit placeRequested(this->context().id, {this->context().profile->schema, table, {}}, key); });
        emit recordMenuOpening(menu, table, record->key);
        menu->popup(position);
    });
    reload();
}

FailedPanel::~FailedPanel()
{
    m_stop.request_stop();
    m_stopRecord.request_stop();
}

void FailedPanel::reload()
{
    m_stop.request_stop();
    m_stop = {};
    const auto job = [context = context()](Connection &connection) { return readFailedLists({connection, *context.catalog, *context.profile}); };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](Result<std::vector<FailedList>> lists) {
        if (lists) {
            m_message->clear();
            accept(std::move(*lists));
        } else if (lists.error().code != ErrorCode::Cancelled) {
            m_view->setEmptyText({});
            m_message->showError(lists.error(), tr("Try again"));
            emit settled();
        }
    });
}

void FailedPanel::accept(std::vector<FailedList> lists)
{
    m_lists = std::move(lists);
    m_lines.clear();
    m_isRead = true;
    std::vector<ReadingHead> heads;
    QStringList summary;
    for (int list = 0; list < static_cast<int>(m_lists.size()); ++list) {
        const FailedList &of = m_lists[static_cast<std::size_t>(list)];
        const QString count = QLocale().toString(static_cast<qlonglong>(of.records.size())) + (of.hasMore ? u"+"_s : QString());
        summary.append(u"%1: %2"_s.arg(of.title, count));
        if (of.records.empty())
            continue;
        ReadingHead chapter;
        chapter.kind = ReadingHead::Kind::Chapter;
        chapter.title = u"%1 · %2"_s.arg(of.title, count);
        heads.push_back(chapter);
        m_lines.push_back({list, -1});
        const bool canBeRead = transcriptFor(*context().profile, of.table).has_value();
        for (int record = 0; record < static_cast<int>(of.records.size()); ++record) {
            const FailedRecord &each = of.records[static_cast<std::size_t>(record)];
            ReadingHead head;
            head.title = each.title;
            head.colour = 3;
            head.chip = each.badges.value(0);
            head.note = each.last.isEmpty() ? tr("nothing was said") : QString();
            head.meta = each.badges.mid(1).join(u" · "_s);
            head.length = each.last.size();
            head.start = each.last.left(200);
            if (canBeRead)
                head.links.emplace_back(u"open"_s, tr("read"));
            heads.push_back(head);
            m_lines.push_back({list, record});
        }
    }
    m_summary->setText(summary.join(u" · "_s));
    m_view->setEmptyText(tr("Nothing has failed, and nothing is stuck."));
    const bool isEmpty = heads.empty();
    m_view->setHeads(std::move(heads), true);
    if (isEmpty)
        emit settled();
}

const FailedRecord *FailedPanel::recordAt(int head) const
{
    if (head < 0 || head >= static_cast<int>(m_lines.size()) || m_lines[static_cast<std::size_t>(head)].record < 0)
        return nullptr;
    const Line &line = m_lines[static_cast<std::size_t>(head)];
    return &m_lists[static_cast<std::size_t>(line.list)].records[static_cast<std::size_t>(line.record)];
}

void FailedPanel::showCurrent(int head)
{
    const FailedRecord *record = recordAt(head);
    const CatalogTable *table = record == nullptr ? nullptr : context().catalog->table(m_lists[static_cast<std::size_t>(m_lines[static_cast<std::size_t>(head)].list)].table, context().profile->schema);
    if (table == nullptr)
        return;
    m_stopRecord.request_stop();
    m_stopRecord = {};
    onResult(rowKeyOf(context(), *table, record->key), this, [this, table, token = m_stopRecord.get_token()](const Result<RowKey> &key) {
        if (!key || token.stop_requested())
            return;
        onResult(readRecord(*context().pool, *table, *key, token), this, [this, token](const Result<Record> &read) {
            if (!read || token.stop_requested())
                return;
            m_record = *read;
            emit recordSelected(*m_record);
        });
    });
}

void FailedPanel::copy(const QString &)
{
    m_view->copySelection();
}

PanelKind failedPanelKind()
{
    PanelKind kind;
    kind.id = u"failed"_s;
    kind.title = FailedPanel::tr("&Failed things first");
    kind.icon = u"warning"_s;
    kind.applies = [](const DatabaseContext &context) { return hasFailedLists(*context.profile); };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &, QWidget *parent) -> Panel * { return new FailedPanel(services, context, parent); };
    return kind;
}

} // namespace turnstone
