// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/library/librarypanel.h"

#include "models/core/async.h"
#include "models/profiles/treepath.h"
#include "views/panels/recordteller.h"
#include "views/reading/elidedlabel.h"
#include "views/reading/openlink.h"
#include "views/reading/readingview.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

enum Column { Title, Tags, Uses, ColumnCount };
constexpr int libraryRole = Qt::UserRole;
constexpr int itemRole = Qt::UserRole + 1;

QString wantedKey(const QString &table, const RowKey &key)
{
    QStringList parts;
    for (const Value &value : key)
        parts.append(TreePath::keyText(value.ref()));
    return table + u' ' + parts.join(u',');
}

} // namespace

LibraryPanel::LibraryPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_table(tableOf(arguments)), m_key(keyOf(arguments)), m_message(new MessageBar(this)), m_title(new ElidedLabel(this)), m_summary(new ElidedLabel(this)),
      m_words(new QLineEdit(this)), m_tag(new QComboBox(this)), m_list(new QTreeWidget(this)), m_view(new ReadingView(services.workers, this)), m_record(new RecordTeller(*this)),
      m_wanted(m_key.empty() ? QString() : wantedKey(m_table, m_key))
{
    setObjectName(u"libraryPanel"_s);
    build();
    setFocusProxy(m_list);
    reload();
}

LibraryPanel::~LibraryPanel()
{
    m_stop.request_stop();
    m_stopBlock.request_stop();
}

/// "10 modules", as the profile calls them.
QString LibraryPanel::countOf(int number) const
{
    const TableProfile *known = m_libraries.size() == 1 ? context().profile->table(m_libraries.front().table) : nullptr;
    if (known == nullptr || known->title.isEmpty() || known->singular.isEmpty())
        return tr("%Ln blocks", nullptr, number);
    return QLocale().toString(number) + u' ' + (number == 1 ? known->singular : known->title).toLower();
}

QString LibraryPanel::title() const
{
    return m_libraries.size() == 1 && !m_libraries.front().title.isEmpty() ? m_libraries.front().title : tr("Library");
}

std::optional<Record> LibraryPanel::currentRecord() const
{
    return m_record->record();
}

void LibraryPanel::build()
{
    m_title->setObjectName(u"libraryTitle"_s);
    m_title->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    m_summary->setObjectName(u"librarySummary"_s);
    m_summary->setFont(sizedFont(font(), metrics::captionPx));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setContentsMargins(metrics::space4, 0, metrics::space4, metrics::space2);
    m_words->setObjectName(u"libraryWords"_s);
    m_words->setAccessibleName(tr("Filter by title, folder or tag"));
    m_words->setPlaceholderText(tr("Filter"));
    m_words->setClearButtonEnabled(true);
    m_words->setMaximumWidth(scaled(metrics::maxColumn));
    if (auto *clear = m_words->findChild<QAbstractButton *>())
        clear->setAccessibleName(tr("Clear the filter"));
    m_tag->setObjectName(u"libraryTag"_s);
    m_tag->setAccessibleName(tr("Only blocks with the tag"));
    m_tag->hide();
    m_list->setObjectName(u"libraryList"_s);
    m_list->setAccessibleName(tr("Library"));
    m_list->setHeaderLabels({tr("Block"), tr("Tags"), tr("Used in")});
    m_list->headerItem()->setTextAlignment(Uses, Qt::AlignRight | Qt::AlignVCenter);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(Title, QHeaderView::Stretch);
    m_list->header()->setSectionResizeMode(Tags, QHeaderView::ResizeToContents);
    m_list->header()->setSectionResizeMode(Uses, QHeaderView::ResizeToContents);
    m_list->setUniformRowHeights(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setObjectName(u"libraryBlock"_s);
    m_view->setAccessibleName(tr("The block and where it is used"));
    m_view->setEmptyText(tr("Choose a block to read it and to see where it is used."));
    auto *top = new QHBoxLayout;
    top->setContentsMargins(metrics::space4, metrics::space2, metrics::space4, 0);
    top->setSpacing(metrics::space2);
    top->addWidget(m_title, 1);
    top->addWidget(m_words);
    top->addWidget(m_tag);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_list);
    splitter->addWidget(m_view);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->handle(1)->setAccessibleName(tr("Border between the list and the block"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addWidget(m_summary);
    layout->addWidget(m_message);
    layout->addWidget(splitter, 1);
    connect(m_words, &QLineEdit::textChanged, this, &LibraryPanel::applyFilter);
    connect(m_tag, &QComboBox::currentIndexChanged, this, &LibraryPanel::applyFilter);
    connect(m_list, &QTreeWidget::currentItemChanged, this, &LibraryPanel::showChosen);
    connect(m_list, &QWidget::customContextMenuRequested, this, &LibraryPanel::showMenu);
    connect(m_message, &MessageBar::actionTriggered, this, &LibraryPanel::reload);
    connect(m_view, &ReadingView::bodiesWanted, this, &LibraryPanel::showBodies);
    connect(m_view, &ReadingView::settled, this, [this] {
        if (m_block)
            emit settled();
    });
    connect(m_view, &ReadingView::linkActivated, this, [this](int head, const QString &id) {
        const int use = head - static_cast<int>(m_block->parts.size()) - 1; // behind the heading
        if (id.startsWith(u"url:"))
            askToOpenLink(id.mid(4), this);
        else if (use >= 0 && use < static_cast<int>(m_block->usedIn.size()))
            emit placeRequested(this->context().id, {this->context().profile->schema, m_block->usedIn[static_cast<std::size_t>(use)].table, {}}, m_block->usedIn[static_cast<std::size_t>(use)].key);
    });
}

void LibraryPanel::reload()
{
    m_stop.request_stop();
    m_stop = {};
    const auto job = [context = context()](Connection &connection) -> Result<std::vector<Library>> {
        const LensScope scope{connection, *context.catalog, *context.profile};
        std::vector<Library> all;
        for (const Lens *lens : librariesOf(*context.profile)) {
            Result<Library> library = readLibrary(scope, *lens);
            if (!library)
                return failure(library);
            all.push_back(std::move(*library));
        }
        return all;
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](Result<std::vector<Library>> libraries) {
        if (libraries) {
            m_message->clear();
            accept(std::move(*libraries));
        } else if (libraries.error().code != ErrorCode::Cancelled) {
            m_message->showError(libraries.error(), tr("Try again"));
            emit settled();
        }
    });
}

void LibraryPanel::accept(std::vector<Library> libraries)
{
    if (const Library *of = nullptr; const LibraryItem *item = chosen(&of))
        m_wanted = wantedKey(of->table, item->key);
    m_libraries = std::move(libraries);
    m_title->setText(title());
    const TableProfile *known = m_libraries.size() == 1 ? context().profile->table(m_libraries.front().table) : nullptr;
    m_list->headerItem()->setText(Title, known == nullptr || known->singular.isEmpty() ? tr("Block") : known->singular);
    const QString tag = m_tag->currentIndex() > 0 ? m_tag->currentData().toString() : m_wantedTag;
    std::map<QString, int> tags;
    std::size_t blocks = 0;
    std::ptrdiff_t unused = 0;
    bool hasTags = false;
    bool isCut = false;
    {
        const QSignalBlocker quietList(m_list);
        const QSignalBlocker quietTag(m_tag);
        m_list->clear();
        for (std::size_t i = 0; i < m_libraries.size(); ++i) {
            const Library &library = m_libraries[i];
            QTreeWidgetItem *top = nullptr;
            if (m_libraries.size() > 1) {
                top = new QTreeWidgetItem(m_list, {library.title});
                top->setData(Title, libraryRole, static_cast<int>(i));
            }
            fill(library, top);
            blocks += library.items.size();
            unused += std::ranges::count(library.items, 0, &LibraryItem::uses);
            hasTags = hasTags || library.hasTags;
            isCut = isCut || library.isCut;
            for (const auto &[name, count] : library.tags())
                tags[name] += count;
        }
        m_list->expandAll();
        m_tag->clear();
        m_tag->addItem(tr("All tags"));
        for (const auto &[name, count] : tags)
            m_tag->addItem(u"%1 · %2"_s.arg(name, QLocale().toString(count)), name);
        m_tag->setCurrentIndex(std::max(0, tag.isEmpty() ? 0 : m_tag->findData(tag)));
    }
    m_tag->setVisible(hasTags && !tags.empty());
    m_list->setColumnHidden(Tags, !hasTags);
    m_list->setColumnHidden(Uses, std::ranges::none_of(m_libraries, [](const Library &library) { return std::ranges::any_of(library.items, [](const LibraryItem &item) { return item.uses >= 0; }); }));
    QStringList facts{countOf(static_cast<int>(blocks))};
    if (!tags.empty())
        facts.append(tr("%Ln tags", nullptr, static_cast<int>(tags.size())));
    if (unused > 0)
        facts.append(tr("%Ln used nowhere", nullptr, static_cast<int>(unused)));
    if (isCut)
        facts.append(tr("only the first %1 are shown").arg(QLocale().toString(static_cast<int>(Library::most))));
    m_summary->setText(blocks == 0 ? tr("The library is empty.") : facts.join(u" · "_s));
    emit titleChanged();
    applyFilter();
    if (m_list->currentItem() == nullptr)
        chooseFirst();
    if (chosen() == nullptr)
        emit settled();
}

/// Folders first, each once.
void LibraryPanel::fill(const Library &library, QTreeWidgetItem *top)
{
    const auto number = static_cast<int>(&library - m_libraries.data());
    std::map<QString, QTreeWidgetItem *> folders;
    const auto add = [this](QTreeWidgetItem *above, const QStringList &cells) { return above != nullptr ? new QTreeWidgetItem(above, cells) : new QTreeWidgetItem(m_list, cells); };
    const auto folderOf = [&](const auto &self, const QString &path) -> QTreeWidgetItem * {
        if (path.isEmpty())
            return top;
        QTreeWidgetItem *&folder = folders[path];
        if (folder == nullptr) {
            folder = add(self(self, path.contains(u'/') ? path.section(u'/', 0, -2) : QString()), {path.section(u'/', -1)});
            folder->setFont(Title, sizedFont(font(), metrics::bodyPx, QFont::DemiBold));
        }
        return folder;
    };
    for (const bool isFoldered : {true, false}) {
        for (std::size_t i = 0; i < library.items.size(); ++i) {
            const LibraryItem &item = library.items[i];
            if (item.folder.isEmpty() == isFoldered)
                continue;
            QTreeWidgetItem *line = add(folderOf(folderOf, item.folder), {item.title, item.tags.join(u", "_s), item.uses < 0 ? QString() : QLocale().toString(static_cast<qlonglong>(item.uses))});
            line->setTextAlignment(Uses, Qt::AlignRight | Qt::AlignVCenter);
            line->setForeground(Tags, Tokens::of(palette()).muted);
            if (item.uses == 0)
                line->setForeground(Uses, Tokens::of(palette()).warn);
            line->setData(Title, libraryRole, number);
            line->setData(Title, itemRole, static_cast<int>(i));
            line->setToolTip(Title, tr("%1 · %Ln characters", nullptr, static_cast<int>(item.length)).arg(item.title));
            if (m_wanted == wantedKey(library.table, item.key))
                m_list->setCurrentItem(line);
        }
    }
}

const LibraryItem *LibraryPanel::chosen(const Library **of) const
{
    const QTreeWidgetItem *line = m_list->currentItem();
    const QVariant number = line == nullptr ? QVariant() : line->data(Title, itemRole);
    const std::size_t library = line == nullptr ? 0 : static_cast<std::size_t>(line->data(Title, libraryRole).toInt());
    if (!number.isValid() || library >= m_libraries.size() || static_cast<std::size_t>(number.toInt()) >= m_libraries[library].items.size())
        return nullptr;
    if (of != nullptr)
        *of = &m_libraries[library];
    return &m_libraries[library].items[static_cast<std::size_t>(number.toInt())];
}

void LibraryPanel::applyFilter()
{
    const QString words = m_words->text().trimmed();
    const QString tag = m_tag->currentIndex() > 0 ? m_tag->currentData().toString() : QString();
    const auto shows = [&](const QTreeWidgetItem &line) {
        const LibraryItem &item = m_libraries[static_cast<std::size_t>(line.data(Title, libraryRole).toInt())].items[static_cast<std::size_t>(line.data(Title, itemRole).toInt())];
        const bool hasWords = words.isEmpty() || item.title.contains(words, Qt::CaseInsensitive) || item.folder.contains(words, Qt::CaseInsensitive) ||
                              std::ranges::any_of(item.tags, [&](const QString &each) { return each.contains(words, Qt::CaseInsensitive); });
        return hasWords && (tag.isEmpty() || item.tags.contains(tag));
    };
    // A folder shows as long as something in it does.
    const auto visit = [&](const auto &self, QTreeWidgetItem *line) -> bool {
        bool isShown = line->data(Title, itemRole).isValid() && shows(*line);
        for (int i = 0; i < line->childCount(); ++i)
            isShown = self(self, line->child(i)) || isShown;
        line->setHidden(!isShown);
        return isShown;
    };
    for (int i = 0; i < m_list->topLevelItemCount(); ++i)
        visit(visit, m_list->topLevelItem(i));
    if (m_list->currentItem() != nullptr && m_list->currentItem()->isHidden())
        chooseFirst();
    else
        showChosen();
}

void LibraryPanel::chooseFirst()
{
    for (QTreeWidgetItem *line = m_list->topLevelItem(0); line != nullptr; line = m_list->itemBelow(line)) {
        if (!line->isHidden() && line->data(Title, itemRole).isValid()) {
            m_list->setCurrentItem(line);
            return;
        }
    }
    m_list->setCurrentItem(nullptr);
}

void LibraryPanel::showChosen()
{
    const Library *library = nullptr;
    const LibraryItem *item = chosen(&library);
    if (item == nullptr)
        return;
    const auto lens = std::ranges::find_if(context().profile->lenses, [library](const Lens &each) { return each.kind == u"library" && each.table == library->table; });
    m_stopBlock.request_stop();
    m_stopBlock = {};
    const auto job = [context = context(), lens = *lens, key = item->key](Connection &connection) { return readAssembly({connection, *context.catalog, *context.profile}, lens, key); };
    onResult(context().pool->read(job, m_stopBlock.get_token()), this, [this](Result<Assembly> assembly) {
        if (assembly)
            showBlock(std::move(*assembly));
        else if (assembly.error().code != ErrorCode::Cancelled)
            m_message->showError(assembly.error());
    });
    m_record->tell(library->table, item->key);
}

void LibraryPanel::showBlock(Assembly assembly)
{
    m_block = std::move(assembly);
    std::vector<ReadingHead> heads;
    for (const Assembly::Part &part : m_block->parts) {
        ReadingHead head;
        head.title = part.title;
        head.disc = u""_s;
        head.length = part.text.size();
        head.start = part.text.left(200);
        head.meta = tr("%Ln characters", nullptr, static_cast<int>(part.text.size()));
        heads.push_back(head);
    }
    ReadingHead uses;
    uses.kind = ReadingHead::Kind::Chapter;
    uses.title = m_block->usedIn.empty() ? tr("Used nowhere") : tr("Used in");
    heads.push_back(uses);
    for (const Assembly::Use &use : m_block->usedIn) {
        ReadingHead head;
        head.title = use.title;
        head.links.emplace_back(u"open"_s, tr("show"));
        heads.push_back(head);
    }
    m_view->setHeads(std::move(heads));
}

void LibraryPanel::showBodies(const std::vector<int> &heads)
{
    for (const int head : heads) {
        ReadingPart part;
        if (m_block && head < static_cast<int>(m_block->parts.size())) {
            part.text = m_block->parts[static_cast<std::size_t>(head)].text;
            part.format = u"text"_s; // as the model reads it
        }
        m_view->setBody(head, {part});
    }
}

void LibraryPanel::showMenu(const QPoint &place)
{
    const Library *library = nullptr;
    const LibraryItem *item = chosen(&library);
    if (item == nullptr)
        return;
    auto *menu = new QMenu(this);
    menu->setObjectName(u"libraryMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Show the row in its table"), this,
                    [this, table = library->table, key = item->key] { emit placeRequested(context().id, {context().profile->schema, table, {}}, key); });
    emit recordMenuOpening(menu, library->table, item->key);
    menu->popup(m_list->viewport()->mapToGlobal(place));
}

QVariantMap LibraryPanel::saveState() const
{
    const Library *library = nullptr;
    const LibraryItem *item = chosen(&library);
    return {{u"words"_s, m_words->text()}, {u"tag"_s, m_tag->currentIndex() > 0 ? m_tag->currentData().toString() : QString()}, {u"block"_s, item == nullptr ? m_wanted : wantedKey(library->table, item->key)}};
}

void LibraryPanel::restoreState(const QVariantMap &state)
{
    m_wanted = state.value(u"block"_s).toString();
    m_wantedTag = state.value(u"tag"_s).toString();
    m_words->setText(state.value(u"words"_s).toString());
    if (!m_libraries.empty())
        accept(std::exchange(m_libraries, {}));
}

void LibraryPanel::copy(const QString &)
{
    m_view->copySelection();
}

void LibraryPanel::find()
{
    m_words->setFocus();
    m_words->selectAll();
}

PanelKind libraryPanelKind()
{
    PanelKind kind;
    kind.id = u"library"_s;
    kind.title = LibraryPanel::tr("Prompt li&brary");
    kind.icon = u"group"_s;
    kind.applies = [](const DatabaseContext &context) { return !librariesOf(*context.profile).empty(); };
    kind.recordTitle = [](const DatabaseContext &context, const QString &table) {
        const std::vector<const Lens *> all = librariesOf(*context.profile);
        return std::ranges::any_of(all, [&table](const Lens *lens) { return lens->table == table; }) ? LibraryPanel::tr("Show in the library") : QString();
    };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new LibraryPanel(services, context, arguments, parent);
    };
    return kind;
}

} // namespace turnstone
